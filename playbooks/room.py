"""What the playbooks room offers; heavy things are named, not imported."""

from datetime import timedelta

from playbooks.library import EDITION
from soc.identity.actor import Role
from soc.room import ApprovalKind, CommandSpec, JobSpec, MenuEntry, Permission, Room, SetupStep, Subscription

_READERS = frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.LEADER})

ROOM = Room(
    name="playbooks",
    models=("playbooks.models",),
    blueprints=("playbooks.routes:bp",),
    menu=(MenuEntry("playbooks.title", "playbooks.index", "playbooks.read", 120, "route"),),
    permissions=(
        Permission("playbooks.read", _READERS),
        Permission("playbooks.write", frozenset({Role.COMMANDER})),
        Permission("playbooks.approve", frozenset({Role.COMMANDER, Role.ANALYST})),
    ),
    approvals=(
        ApprovalKind(
            "playbook.step",
            "playbooks.approve",
            "playbooks.actions.verbs:apply_approval",
            "playbooks.actions.verbs:describe_approval",
        ),
    ),
    setup_steps=(SetupStep(f"playbooks-{EDITION}", "playbooks.library.policy:set_up"),),
    subscriptions=(Subscription("incidents.events:IncidentOpened", "playbooks.library.policy:on_incident"),),
    jobs=(JobSpec("playbooks.advance", "playbooks.runner:advance", every=timedelta(seconds=1), quiet=True),),
    commands=(
        CommandSpec("playbook import", "playbooks.commands:import_"),
        CommandSpec("playbook validate", "playbooks.commands:validate"),
        CommandSpec("playbook export", "playbooks.commands:export"),
        CommandSpec("playbook sign", "playbooks.commands:sign"),
        CommandSpec("playbook verify", "playbooks.commands:verify"),
        CommandSpec("playbook run", "playbooks.commands:run"),
        CommandSpec("playbook runs", "playbooks.commands:runs"),
        CommandSpec("playbook list", "playbooks.commands:list_"),
        CommandSpec("playbook cancel", "playbooks.commands:cancel"),
    ),
)
