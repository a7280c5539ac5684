"""What protection offers to the room; names only."""

from soc.room import MenuEntry, SetupStep, VersionedKind

VERSIONS = (
    VersionedKind(
        name="protection",
        check="policies.protection.policy:check",
        what_if="policies.protection.service:what_if",
        approver_permission="policies.approve",
    ),
)
SETUP_STEPS = (SetupStep("protection", "policies.protection.service:install_default"),)
BLUEPRINTS = ("policies.protection.routes:bp",)
MENU = (MenuEntry("protection.title", "protection.index", "policies.read", 520, "shield-lock"),)
