"""What ingest offers to the room; names only."""

from datetime import timedelta

from soc.room import CommandSpec, JobSpec

COMMANDS = (
    CommandSpec("logs formats", "audit.ingest.commands:formats"),
    CommandSpec("logs parse", "audit.ingest.commands:parse"),
    CommandSpec("logs ingest", "audit.ingest.commands:ingest"),
)
JOBS = (JobSpec("ingest", "audit.ingest.pipeline:drain_job", every=timedelta(seconds=1), quiet=True),)
MODELS = ("audit.ingest.models", "soc.accounts.models")
