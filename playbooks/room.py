"""What the playbooks room offers; heavy things are named, not imported."""

from soc.room import Room

ROOM = Room(name="playbooks")
