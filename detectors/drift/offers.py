"""What the look for drift offers to the detectors room; names only."""

from soc.room import Collector, CommandSpec, JobSpec

MODELS = ("detectors.drift.models",)
#: each night, after the day's logs and before anybody works
JOBS = (JobSpec("drift.watch", "detectors.drift.jobs:watch", cron="40 3 * * *"),)
COLLECTORS = (Collector("drift", "detectors.drift.jobs:collect"),)
COMMANDS = (CommandSpec("detect drift", "detectors.drift.commands:drift"),)
