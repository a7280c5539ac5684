"""What own rules offer to the detectors' room; names only."""

from soc.room import MenuEntry, VersionedKind

VERSIONS = (
    VersionedKind(
        name="detection_rules",
        check="detectors.sigma.own.check:check",
        what_if="detectors.sigma.own.service:what_if",
        approver_permission="policies.approve",
        check_place="detectors.sigma.own.check:check_place",
    ),
)
BLUEPRINTS = ("detectors.sigma.own.routes:bp",)
MENU = (MenuEntry("own_rules.title", "own_rules.index", "policies.read", 512, "radar"),)
