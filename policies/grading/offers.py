"""What grading offers to the policies room; light, everything heavy is named."""

from soc.identity.actor import Role
from soc.room import Bench, CommandSpec, MenuEntry, Permission, SetupStep, Subscription, VersionedKind

COMMANDS = tuple(
    CommandSpec(f"grading {name}", f"policies.grading.commands:{name}")
    for name in ("show", "check", "diff", "propose", "approve", "rollback")
)
VERSIONS = (
    VersionedKind(
        name="grading",
        check="policies.grading.service:check",
        what_if="policies.grading.service:what_if",
        approver_permission="policies.approve",
        on_active="policies.grading.applying:apply_active",
        check_place="policies.grading.service:check_place",
    ),
)
PERMISSIONS = (
    Permission("policies.read", frozenset({Role.POLICY, Role.COMMANDER, Role.AUDITOR, Role.LEADER, Role.SECADMIN})),
    Permission("policies.write", frozenset({Role.POLICY})),
    Permission("policies.approve", frozenset({Role.POLICY, Role.COMMANDER, Role.SECADMIN})),
)
SETUP_STEPS = (SetupStep("grading", "policies.grading.service:install_default"),)
BLUEPRINTS = (
    "policies.grading.routes:bp",
    "policies.grading.rule_routes:bp",
    "policies.grading.draft_routes:bp",
    "policies.grading.api:bp",
)
MENU = (MenuEntry("grading.title", "grading.index", "policies.read", 500, "scale", first_for=Role.POLICY),)
SUBSCRIPTIONS = (Subscription("soc.ledger.values:SourceScanned", "policies.grading.applying:after_scan"),)
BENCHES = (Bench("grading", "policies.grading.bench:run"),)
