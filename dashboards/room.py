"""What the dashboards room offers; heavy things are named, not imported."""

from soc.room import Room

ROOM = Room(name="dashboards")
