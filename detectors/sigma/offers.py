"""What rules offer to the detectors' room."""

from soc.room import BatchStage, CommandSpec, SetupStep

COMMANDS = (
    CommandSpec("rules check", "detectors.sigma.commands:check"),
    CommandSpec("rules test", "detectors.sigma.commands:test"),
    CommandSpec("rules import", "detectors.sigma.commands:import_"),
    CommandSpec("rules list", "detectors.sigma.commands:list_"),
)
#: after enrichment, before the append: the hits are part of the stored event
BATCH_STAGES = (
    BatchStage("rules", 190, "detectors.sigma.stage:tag_hits"),
    BatchStage("rule findings", 300, "detectors.sigma.findings:raise_hits"),
)
SETUP_STEPS = (SetupStep("rules", "detectors.sigma.service:keep_library"),)
MODELS = ("detectors.sigma.models",)
