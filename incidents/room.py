"""What the incidents room offers; heavy things are named, not imported."""

from datetime import timedelta

from incidents.calibration import offers as calibration
from soc.identity.actor import Role
from soc.room import (
    ApprovalKind,
    CommandSpec,
    Foresight,
    HeaderChip,
    JobSpec,
    MenuEntry,
    Permission,
    Room,
    SearchProvider,
    Subscription,
)

_READERS = frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.LEADER})
_WORKERS = frozenset({Role.ANALYST, Role.COMMANDER})

ROOM = Room(
    name="incidents",
    models=("incidents.alerts.models", "incidents.cases.models", "incidents.exceptions.models"),
    blueprints=(
        "incidents.alerts.routes:bp",
        "incidents.entities.routes:bp",
        "incidents.alerts.api:bp",
        "incidents.exceptions.routes:bp",
        "incidents.cases.routes:bp",
        "incidents.cases.task_routes:bp",
        "incidents.cases.api:bp",
        *calibration.BLUEPRINTS,
    ),
    menu=(
        MenuEntry("alerts.title", "alerts.index", "alerts.read", 100, "bell", "incidents.alerts.service:count_waiting"),
        MenuEntry(
            "incidents.title",
            "incidents.index",
            "incidents.read",
            110,
            "flame",
            "incidents.cases.service:count_open",
            first_for=Role.COMMANDER,
        ),
        *calibration.MENU,
    ),
    chips=(HeaderChip("clocks", "incidents.cases.routes:running_chips", "incidents.read"),),
    search=(
        SearchProvider("alerts", "incidents.alerts.routes:find_hits", "alerts.read"),
        SearchProvider("incidents", "incidents.cases.routes:find_hits", "incidents.read"),
    ),
    permissions=(
        Permission("alerts.read", _READERS),
        Permission("alerts.write", _WORKERS),
        Permission("exceptions.approve", frozenset({Role.COMMANDER})),
        Permission("incidents.read", _READERS | {Role.OWNER}),
        Permission("incidents.write", _WORKERS),
        *calibration.PERMISSIONS,
    ),
    versions=calibration.VERSIONS,
    approvals=(
        ApprovalKind(
            name="alerts.except",
            approver_permission="exceptions.approve",
            apply="incidents.exceptions.service:start",
            refused="incidents.exceptions.service:refuse",
            stands="incidents.exceptions.service:stands",
            describe="incidents.exceptions.service:describe",
        ),
    ),
    foresights=(Foresight("alerts and exceptions", "incidents.foresight:met"),),
    subscriptions=(Subscription("detectors.findings:FindingRaised", "incidents.policy:on_finding_raised"),),
    jobs=(
        JobSpec("incidents.clocks", "incidents.cases.clocks:watch", every=timedelta(seconds=15), quiet=True),
        *calibration.JOBS,
    ),
    commands=(
        CommandSpec("incident list", "incidents.commands:list_"),
        CommandSpec("incident show", "incidents.commands:show"),
        CommandSpec("incident export", "incidents.commands:export"),
        *calibration.COMMANDS,
    ),
)
