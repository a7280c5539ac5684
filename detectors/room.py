"""What the detectors room offers; heavy things are named, not imported.

Each part of the room has an ``offers.py`` of its own; this module only adds them up.
"""

from detectors.discovery import offers as discovery
from soc.room import Room

ROOM = Room(
    name="detectors",
    commands=discovery.COMMANDS,
)
