"""What the audit room offers; heavy things are named, not imported."""

from audit.ingest import offers as ingest
from soc.room import Room

ROOM = Room(name="audit", commands=ingest.COMMANDS)
