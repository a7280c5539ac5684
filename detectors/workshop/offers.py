"""What the workshop offers to the detectors room; light, everything heavy is named."""

from soc.room import Bench, CommandSpec, JobSpec, MenuEntry, VersionedKind

COMMANDS = (
    CommandSpec("recognizers list", "detectors.workshop.commands:listed"),
    *(
        CommandSpec(f"recognizers {name}", f"detectors.workshop.commands:{name}")
        for name in ("export", "check", "diff", "propose", "rollback")
    ),
)
VERSIONS = (
    VersionedKind(
        name="recognizers",
        check="detectors.workshop.check:check",
        what_if="detectors.workshop.service:what_if",
        approver_permission="policies.approve",
        check_place="detectors.workshop.check:check_place",
    ),
)
JOBS = (JobSpec("workshop.try", "detectors.workshop.jobs:try_recognizer"),)
BLUEPRINTS = ("detectors.workshop.routes:bp", "detectors.workshop.api:bp")
MENU = (MenuEntry("workshop.title", "workshop.index", "policies.read", 510, "scan"),)
BENCHES = (Bench("own", "detectors.workshop.bench:run"),)
