"""What the web base offers, in the form of a room: sign-in, administration, approvals, jobs, health."""

from soc.room import Room

ROOM = Room(
    name="web",
    models=("soc.web.sessions",),
    blueprints=(
        "soc.web.home:bp",
        "soc.web.login:bp",
        "soc.web.account:bp",
        "soc.web.frame:bp",
        "soc.web.health:bp",
    ),
)
