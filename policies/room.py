"""What the policies room offers; heavy things are named, not imported.

Each part of the room has an ``offers.py`` of its own; this module only adds them up.
"""

from policies.grading import offers as grading
from soc.room import Room

ROOM = Room(
    name="policies",
    commands=grading.COMMANDS,
    permissions=grading.PERMISSIONS,
    versions=grading.VERSIONS,
    models=grading.MODELS,
)
