"""What the trail offers to the room; names only."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import Check, Collector, CommandSpec, JobSpec, MenuEntry, Permission

_OFFICERS = frozenset({Role.AUDITOR, Role.AUDADMIN})

BLUEPRINTS = ("audit.trail.routes:bp",)
MENU = (MenuEntry("trail.title", "trail.index", "audit.read", 700, "history", first_for=Role.AUDITOR),)
PERMISSIONS = (Permission("audit.read", _OFFICERS), Permission("audit.write", _OFFICERS))
JOBS = (JobSpec("trail", "audit.trail.integrator:run", every=timedelta(seconds=1), quiet=True, at_desk=True),)
COMMANDS = (
    CommandSpec("audit verify", "audit.trail.commands:verify_command"),
    CommandSpec("audit checkpoint", "audit.trail.commands:checkpoint_command"),
    CommandSpec("audit export", "audit.trail.commands:export_command"),
)
CHECKS = (Check("trail", "audit.trail.checks:check_trail"), Check("crypto", "audit.trail.checks:check_crypto"))
COLLECTORS = (Collector("trail", "audit.trail.checks:collect"),)
