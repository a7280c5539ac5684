"""What protection offers to the room; names only."""

from soc.room import CommandSpec, MenuEntry, SetupStep, VersionedKind

COMMANDS = tuple(
    CommandSpec(f"protection {name}", f"policies.protection.commands:{name}")
    for name in ("show", "check", "diff", "propose", "approve", "rollback")
)
VERSIONS = (
    VersionedKind(
        name="protection",
        check="policies.protection.policy:check",
        what_if="policies.protection.service:what_if",
        approver_permission="policies.approve",
    ),
)
SETUP_STEPS = (SetupStep("protection", "policies.protection.service:install_default"),)
BLUEPRINTS = (
    "policies.protection.routes:bp",
    "policies.protection.rule_routes:bp",
    "policies.protection.shape_routes:bp",
    "policies.protection.draft_routes:bp",
    "policies.protection.api:bp",
)
MENU = (MenuEntry("protection.title", "protection.index", "policies.read", 520, "shield-lock"),)
