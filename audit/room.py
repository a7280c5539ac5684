"""What the audit room offers; heavy things are named, not imported."""

from audit.ingest import offers as ingest
from audit.trail import offers as trail
from soc.room import Room

ROOM = Room(
    name="audit",
    commands=(*ingest.COMMANDS, *trail.COMMANDS),
    permissions=(*ingest.PERMISSIONS, *trail.PERMISSIONS),
    jobs=(*ingest.JOBS, *trail.JOBS),
    checks=(*ingest.CHECKS, *trail.CHECKS),
    collectors=(*ingest.COLLECTORS, *trail.COLLECTORS),
    blueprints=ingest.BLUEPRINTS,
    benches=ingest.BENCHES,
    models=ingest.MODELS,
)
