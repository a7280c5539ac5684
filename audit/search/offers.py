"""What the log search offers to the room; names only."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import Bench, CommandSpec, JobSpec, MenuEntry, Permission

COMMANDS = (
    CommandSpec("logs search", "audit.search.commands:search"),
    CommandSpec("logs subject", "audit.search.commands:subject"),
)
BLUEPRINTS = ("audit.search.routes:bp", "audit.search.subject_routes:bp", "audit.search.api:bp")
MENU = (MenuEntry("logsearch.title", "logs.index", "logs.read", 300, "database-search"),)
PERMISSIONS = (Permission("logs.read", frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR})),)
JOBS = (
    JobSpec("logs-upkeep", "audit.search.upkeep:maintain", every=timedelta(minutes=1), quiet=True),
    JobSpec("logs-retention", "audit.search.upkeep:retain", cron="20 3 * * *"),
)
BENCHES = (Bench("logstore", "soc.logstore.bench:run"), Bench("scale", "soc.logstore.bench_scale:run"))
