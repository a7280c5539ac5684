"""What behaviour and leakage detection offer to the room."""

from datetime import timedelta

from soc.room import BatchStage, CommandSpec, JobSpec

MODELS = ("detectors.findings", "detectors.behaviour.store")
BATCH_STAGES = (BatchStage("behaviour", 400, "detectors.behaviour.stage:run"),)
JOBS = (
    JobSpec("behaviour.judge", "detectors.behaviour.jobs:judge_again", every=timedelta(hours=1)),
    JobSpec("behaviour.rebuild", "detectors.behaviour.jobs:rebuild"),
)
COMMANDS = (
    CommandSpec("detect evaluate", "detectors.behaviour.commands:evaluate"),
    CommandSpec("detect run", "detectors.behaviour.commands:run"),
    CommandSpec("detect backtest", "detectors.behaviour.commands:backtest"),
    CommandSpec("risk entity", "detectors.behaviour.commands:risk_entity"),
)
