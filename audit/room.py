"""What the audit room offers; heavy things are named, not imported."""

from audit.ingest import offers as ingest
from audit.trail import offers as trail
from soc.room import Room

ROOM = Room(
    name="audit",
    commands=(*ingest.COMMANDS, *trail.COMMANDS),
    permissions=trail.PERMISSIONS,
    jobs=(*ingest.JOBS, *trail.JOBS),
    checks=trail.CHECKS,
    collectors=trail.COLLECTORS,
    models=ingest.MODELS,
)
