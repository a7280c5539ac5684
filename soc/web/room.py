"""What the web base offers, in the form of a room: sign-in, administration, approvals, jobs, health."""

from soc.room import MenuEntry, Room

ROOM = Room(
    name="web",
    models=("soc.web.sessions", "soc.web.views.models"),
    blueprints=(
        "soc.web.home:bp",
        "soc.web.login:bp",
        "soc.web.account:bp",
        "soc.web.frame:bp",
        "soc.web.health:bp",
        "soc.web.people.routes:bp",
        "soc.web.people.unit_routes:bp",
        "soc.web.approvals.routes:bp",
        "soc.web.jobs.routes:bp",
        "soc.web.setup.routes:bp",
        "soc.web.views.routes:bp",
    ),
    menu=(
        MenuEntry(
            "nav.approvals", "approvals.index", "approvals.read", 800, "checks", "soc.approvals.service:count_pending"
        ),
        MenuEntry("nav.people", "people.index", "people.read", 900, "users"),
        MenuEntry("nav.setup", "setup.index", "system.write", 920, "rocket"),
        MenuEntry("nav.jobs", "jobs.index", "jobs.read", 910, "stack-2"),
    ),
)
