"""What the workshop offers to the detectors room; light, everything heavy is named."""

from soc.room import MenuEntry, VersionedKind

VERSIONS = (
    VersionedKind(
        name="recognizers",
        check="detectors.workshop.check:check",
        what_if="detectors.workshop.service:what_if",
        approver_permission="policies.approve",
        check_place="detectors.workshop.check:check_place",
    ),
)
BLUEPRINTS = ("detectors.workshop.routes:bp",)
MENU = (MenuEntry("workshop.title", "workshop.index", "policies.read", 510, "scan"),)
