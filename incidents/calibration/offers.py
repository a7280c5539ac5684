"""What calibration offers to the incidents room; names only."""

from soc.identity.actor import Role
from soc.room import CommandSpec, JobSpec, MenuEntry, Permission, VersionedKind

BLUEPRINTS = ("incidents.calibration.routes:bp",)
PERMISSIONS = (
    Permission(
        "calibration.read",
        frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.LEADER, Role.POLICY, Role.SECADMIN}),
    ),
    Permission("calibration.write", frozenset({Role.ANALYST, Role.POLICY})),
)
MENU = (MenuEntry("calibration.title", "calibration.index", "policies.read", 514, "target-arrow"),)
VERSIONS = (
    VersionedKind(
        name="calibration",
        check="incidents.calibration.book:check",
        what_if="incidents.calibration.service:what_if",
        approver_permission="policies.approve",
        on_active="incidents.calibration.weighing:on_active",
    ),
)
#: each night, when nobody decides
JOBS = (JobSpec("calibration.learn", "incidents.calibration.jobs:learn", cron="20 3 * * *"),)
COMMANDS = (CommandSpec("detect calibrate", "incidents.calibration.commands:calibrate"),)
