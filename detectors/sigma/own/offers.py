"""What own rules offer to the detectors' room; names only."""

from soc.room import CommandSpec, MenuEntry, VersionedKind

COMMANDS = tuple(
    CommandSpec(f"rules own {name}", f"detectors.sigma.own.commands:{attribute}")
    for name, attribute in (
        ("list", "listed"), ("add", "add"), ("remove", "remove"), ("off", "off"), ("on", "on"), ("count", "count"),
        ("export", "export"), ("check", "check"), ("diff", "diff"), ("propose", "propose"), ("rollback", "rollback"),
    )
)  # fmt: skip
VERSIONS = (
    VersionedKind(
        name="detection_rules",
        check="detectors.sigma.own.check:check",
        what_if="detectors.sigma.own.service:what_if",
        approver_permission="policies.approve",
        check_place="detectors.sigma.own.check:check_place",
        beside="backtests.waiting",
    ),
)
BLUEPRINTS = ("detectors.sigma.own.routes:bp", "detectors.sigma.own.api:bp")
MENU = (MenuEntry("own_rules.title", "own_rules.index", "policies.read", 512, "radar"),)
