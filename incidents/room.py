"""What the incidents room offers; heavy things are named, not imported."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import CommandSpec, JobSpec, Permission, Room, Subscription

_READERS = frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.LEADER})
_WORKERS = frozenset({Role.ANALYST, Role.COMMANDER})

ROOM = Room(
    name="incidents",
    models=("incidents.alerts.models", "incidents.cases.models"),
    permissions=(
        Permission("alerts.read", _READERS),
        Permission("alerts.write", _WORKERS),
        Permission("incidents.read", _READERS | {Role.OWNER}),
        Permission("incidents.write", _WORKERS),
    ),
    subscriptions=(Subscription("detectors.findings:FindingRaised", "incidents.policy:on_finding_raised"),),
    jobs=(JobSpec("incidents.clocks", "incidents.cases.clocks:watch", every=timedelta(seconds=15), quiet=True),),
    commands=(
        CommandSpec("incident list", "incidents.commands:list_"),
        CommandSpec("incident show", "incidents.commands:show"),
        CommandSpec("incident export", "incidents.commands:export"),
    ),
)
