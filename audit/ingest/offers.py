"""What ingest offers to the room; names only."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import CommandSpec, JobSpec, Permission

COMMANDS = (
    CommandSpec("logs formats", "audit.ingest.commands:formats"),
    CommandSpec("logs parse", "audit.ingest.commands:parse"),
    CommandSpec("logs ingest", "audit.ingest.commands:ingest"),
)
