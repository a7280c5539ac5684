"""What ingest offers to the room; names only."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import Bench, Check, Collector, CommandSpec, DemoStep, JobSpec, MenuEntry, Permission, Service

COMMANDS = (
    CommandSpec("logs formats", "audit.ingest.commands:formats"),
    CommandSpec("logs parse", "audit.ingest.commands:parse"),
    CommandSpec("logs ingest", "audit.ingest.commands:ingest"),
    CommandSpec("logs quarantine", "audit.ingest.quarantine_commands:quarantine"),
    CommandSpec("logs again", "audit.ingest.quarantine_commands:again"),
    CommandSpec("logs listen", "audit.ingest.commands:listen"),
    CommandSpec("logs pull list", "audit.ingest.pull.commands:list_all"),
    CommandSpec("logs pull try", "audit.ingest.pull.commands:attempt"),
    *(
        CommandSpec(f"logs pull {name}", f"audit.ingest.pull.commands:{name}")
        for name in ("add", "run", "pause", "resume", "remove")
    ),
)
JOBS = (
    JobSpec("ingest", "audit.ingest.pipeline:drain_job", every=timedelta(seconds=1), quiet=True, everywhere=True),
    JobSpec("ingest.silence", "audit.ingest.receive.heard:silence_job", every=timedelta(minutes=1), quiet=True),
    JobSpec("ingest.pulls", "audit.ingest.pull.jobs:pull_job", every=timedelta(seconds=2), quiet=True),
    JobSpec("ingest.behind", "audit.ingest.behind:behind_job", every=timedelta(seconds=30), quiet=True),
    JobSpec("ingest.documents", "audit.ingest.bulk.jobs:forget_job", every=timedelta(hours=1)),
)
MODELS = (
    "audit.ingest.models",
    "audit.ingest.bulk.models",
    "audit.ingest.receive.models",
    "audit.ingest.pull.models",
    "audit.ingest.enrich.traces",
    "soc.accounts.models",
)
BLUEPRINTS = (
    "audit.ingest.receivers:bp",
    "audit.ingest.routes:bp",
    "audit.ingest.upload:bp",
    "audit.ingest.bulk.routes:bp",
    "audit.ingest.pull.routes:bp",
)
MENU = (
    MenuEntry("ingest.title", "ingest.index", "ingest.read", 310, "database-import"),
    MenuEntry("pulls.title", "pulls.index", "ingest.read", 312, "download"),
)
PERMISSIONS = (
    Permission("logs.write", frozenset({Role.SYSADMIN})),
    Permission("ingest.read", frozenset({Role.SYSADMIN, Role.ANALYST})),
    Permission("ingest.write", frozenset({Role.SYSADMIN})),
)
SERVICES = (Service("listen", "audit.ingest.receive.process:run", setting="syslog_listen"),)
COLLECTORS = (
    Collector("ingest", "audit.ingest.figures:collect"),
    Collector("pulls", "audit.ingest.pull.figures:collect"),
)
CHECKS = (
    Check("ingest", "audit.ingest.figures:check_ingest"),
    Check("pulls", "audit.ingest.pull.figures:check_pulls"),
)
BENCHES = (
    Bench("ingest", "audit.ingest.bench:run"),
    Bench("cluster", "audit.ingest.bench_cluster:run"),
    Bench("processes", "audit.ingest.bench_processes:run"),
    Bench("fresh", "audit.ingest.bench_fresh:run"),
    Bench("formats", "audit.ingest.bench_formats:run"),
)
DEMO_STEPS = (DemoStep(50, "demo.step_ingest", "audit.ingest.demo:ingest_logs"),)
