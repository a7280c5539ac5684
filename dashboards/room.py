"""What the dashboards room offers; heavy things are named, not imported."""

from soc.identity.actor import Role
from soc.room import Bench, CommandSpec, MenuEntry, Permission, Room

_READERS = frozenset({Role.LEADER, Role.COMMANDER, Role.ANALYST, Role.AUDITOR})

ROOM = Room(
    name="dashboards",
    blueprints=(
        "dashboards.posture.routes:bp",
        "dashboards.posture.routes:api",
        "dashboards.reports.routes:bp",
        "dashboards.screens.routes:bp",
    ),
    commands=(CommandSpec("report posture", "dashboards.reports.commands:posture"),),
    permissions=(Permission("posture.read", _READERS),),
    menu=(
        MenuEntry("nav.posture", "posture.index", "posture.read", 600, "map-2", first_for=Role.LEADER),
        MenuEntry("nav.wall", "wall.index", "posture.read", 610, "device-desktop"),
    ),
    benches=(Bench("pages", "dashboards.bench:run"),),
)
