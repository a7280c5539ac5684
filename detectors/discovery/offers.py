"""What discovery offers to the detectors room; light, everything heavy is named."""

from datetime import timedelta

from soc.room import Bench, CommandSpec, DemoStep, JobSpec, MenuEntry, Subscription

COMMANDS = (
    CommandSpec("scan", "detectors.discovery.commands:scan"),
    CommandSpec("text", "detectors.discovery.commands:text"),
    CommandSpec("source add", "detectors.discovery.commands:source_add"),
    CommandSpec("source list", "detectors.discovery.commands:source_list"),
    CommandSpec("source test", "detectors.discovery.commands:source_test"),
    CommandSpec("source limit", "detectors.discovery.commands:source_limit"),
    CommandSpec("source remove", "detectors.discovery.commands:source_remove"),
)
DEMO_STEPS = (DemoStep(30, "demo.step_scan", "detectors.discovery.demo:scan_all"),)
JOBS = (
    JobSpec("discovery.scan", "detectors.discovery.jobs:scan_source", pausable=True),
    JobSpec("discovery.lineage", "detectors.discovery.lineage:read_lineage"),
    JobSpec(
        "discovery.schedules", "detectors.discovery.scanning.schedules:turn", every=timedelta(seconds=30), quiet=True
    ),
)
SUBSCRIPTIONS = (Subscription("soc.ledger.values:SourceScanned", "detectors.discovery.lineage:order_reading"),)
MODELS = ("detectors.discovery.scanning.models",)
BLUEPRINTS = ("detectors.discovery.routes:bp", "detectors.discovery.pages.routes:bp")
MENU = (
    MenuEntry("scans.title", "scans.index", "ledger.read", 410, "scan"),
    MenuEntry("sources.title", "sources.index", "system.write", 910, "database-cog"),
)
BENCHES = (
    Bench("columns", "detectors.discovery.evaluation.bench:columns"),
    Bench("text", "detectors.discovery.evaluation.bench:text"),
    Bench("accuracy", "detectors.discovery.evaluation.bench:accuracy"),
    Bench("scan", "detectors.discovery.scanning.bench:run"),
)
