"""What the audit room offers; heavy things are named, not imported."""

from audit.backup import offers as backup
from audit.ingest import offers as ingest
from audit.ingest.maker import offers as maker
from audit.originals import offers as originals
from audit.search import offers as search
from audit.trail import offers as trail
from soc.room import Room

ROOM = Room(
    name="audit",
    commands=(*ingest.COMMANDS, *maker.COMMANDS, *search.COMMANDS, *trail.COMMANDS, *backup.COMMANDS),
    permissions=(
        *ingest.PERMISSIONS,
        *maker.PERMISSIONS,
        *search.PERMISSIONS,
        *originals.PERMISSIONS,
        *trail.PERMISSIONS,
    ),
    approvals=originals.APPROVALS,
    jobs=(*ingest.JOBS, *search.JOBS, *trail.JOBS),
    checks=(*ingest.CHECKS, *trail.CHECKS),
    collectors=(*ingest.COLLECTORS, *trail.COLLECTORS),
    blueprints=(*ingest.BLUEPRINTS, *maker.BLUEPRINTS, *search.BLUEPRINTS, *originals.BLUEPRINTS, *trail.BLUEPRINTS),
    benches=(*ingest.BENCHES, *search.BENCHES),
    menu=(*search.MENU, *ingest.MENU, *maker.MENU, *trail.MENU),
    demo_steps=ingest.DEMO_STEPS,
    models=ingest.MODELS,
    services=ingest.SERVICES,
    versions=maker.VERSIONS,
)
