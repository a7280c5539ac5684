"""What rules offer to the detectors' room."""

from datetime import timedelta

from detectors.sigma.edition import edition
from soc.room import BatchStage, Bench, Collector, CommandSpec, JobSpec, MenuEntry, SetupStep, ValueTitles

BLUEPRINTS = ("detectors.sigma.routes:bp",)
MENU = (MenuEntry("rules.page_title", "rules.index", "logs.read", 305, "radar"),)
COMMANDS = (
    CommandSpec("rules check", "detectors.sigma.commands:check"),
    CommandSpec("rules test", "detectors.sigma.commands:test"),
    CommandSpec("rules import", "detectors.sigma.commands:import_"),
    CommandSpec("rules backtest", "detectors.sigma.commands:backtest"),
    CommandSpec("rules list", "detectors.sigma.commands:list_"),
)
#: after enrichment, before the append: the hits are part of the stored event
BATCH_STAGES = (
    BatchStage("rules", 190, "detectors.sigma.stage:tag_hits"),
    BatchStage("rule findings", 300, "detectors.sigma.findings:raise_hits"),
    BatchStage("correlations", 310, "detectors.sigma.touched:note_touched"),
)
JOBS = (
    JobSpec("correlations", "detectors.sigma.watching:watch", every=timedelta(seconds=2), quiet=True, at_desk=True),
    JobSpec("correlations.tidy", "detectors.sigma.watching:tidy", cron="50 3 * * *"),
)
COLLECTORS = (Collector("correlations", "detectors.sigma.figures:collect"),)
#: once an edition, so that an installation made before gets what is new
SETUP_STEPS = (SetupStep(f"rules.{edition()}", "detectors.sigma.service:keep_library"),)
MODELS = ("detectors.sigma.models", "detectors.sigma.marks", "detectors.sigma.bursts")
VALUE_TITLES = (ValueTitles("guanlan.rules", "detectors.sigma.service:titles", page="rules.own"),)
BENCHES = (Bench("rules", "detectors.sigma.bench:run"),)
