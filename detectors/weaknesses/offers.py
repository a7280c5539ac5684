"""What the checks of stores offer to the detectors room; light, everything heavy is named."""

from datetime import timedelta

from soc.room import CommandSpec, JobSpec, MenuEntry

MODELS = ("detectors.weaknesses.models",)
BLUEPRINTS = ("detectors.weaknesses.routes:bp",)
MENU = (
    MenuEntry(
        "weak.title", "weaknesses.index", "ledger.read", 420, "shield-exclamation",
        "detectors.weaknesses.service:count_waiting",
    ),
)  # fmt: skip
JOBS = (
    JobSpec("weaknesses.look", "detectors.weaknesses.jobs:look_at"),
    JobSpec("weaknesses.weekly", "detectors.weaknesses.jobs:order_all", cron="10 2 * * 0"),
    JobSpec("weaknesses.exceptions", "detectors.weaknesses.jobs:end_exceptions", every=timedelta(hours=1), quiet=True),
)
COMMANDS = (CommandSpec("weaknesses check", "detectors.weaknesses.commands:check"),)
