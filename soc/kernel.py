"""What the kernel itself offers, in the form of a room: people, approvals, jobs, upkeep."""

from datetime import timedelta

from soc.identity.actor import Role
from soc.room import ApprovalKind, Check, Collector, CommandSpec, DemoStep, JobSpec, Permission, Room

_ALL = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN})

ROOM = Room(
    name="soc",
    models=(
        "soc.tiers.models",
        "soc.identity.models",
        "soc.identity.refusals",
        "soc.installation",
        "soc.events",
        "soc.jobs",
        "soc.approvals.models",
        "soc.versions.models",
        "soc.trail.models",
    ),
    permissions=(
        Permission("home.read", _ALL),
        Permission("approvals.read", _ALL),
        Permission("jobs.read", frozenset({Role.SYSADMIN, Role.POLICY, Role.ANALYST, Role.AUDITOR})),
        Permission("jobs.write", frozenset({Role.SYSADMIN, Role.POLICY})),
        Permission("people.read", frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDADMIN})),
        Permission("people.write", _ADMINISTRATORS),
        Permission("people.approve", frozenset({Role.SECADMIN})),
        Permission("system.read", frozenset({Role.SYSADMIN, Role.AUDADMIN})),
        Permission("system.write", frozenset({Role.SYSADMIN})),
    ),
    approvals=(
        ApprovalKind(
            name="version.activate",
            approver_permission="policies.approve",
            apply="soc.versions.activation:activate_approved",
            refused="soc.versions.activation:close_refused",
            stands="soc.versions.activation:stands",
            describe="soc.versions.service:describe_activation",
        ),
        ApprovalKind(
            name="people.grant",
            approver_permission="people.approve",
            apply="soc.identity.persons:apply_roles",
            stands="soc.identity.persons:roles_stand",
        ),
        ApprovalKind(
            name="people.move",
            approver_permission="people.approve",
            apply="soc.identity.reach:apply_move",
            stands="soc.identity.reach:move_stands",
            describe="soc.identity.reach:describe_move",
        ),
        ApprovalKind(
            name="people.line",
            approver_permission="people.approve",
            apply="soc.identity.reach:apply_line",
            describe="soc.identity.reach:describe_line",
        ),
        ApprovalKind(
            name="units.place",
            approver_permission="people.approve",
            apply="soc.tiers.placing:apply_placing",
            stands="soc.tiers.placing:placing_stands",
            describe="soc.tiers.placing:describe_placing",
        ),
    ),
    jobs=(
        JobSpec("news", "soc.upkeep:deliver_news", every=timedelta(seconds=1), quiet=True, at_desk=True),
        JobSpec("versions", "soc.versions.activation:activate_due", every=timedelta(minutes=1), quiet=True),
        JobSpec("upkeep", "soc.upkeep:tidy", every=timedelta(hours=1)),
    ),
    demo_steps=(
        DemoStep(10, "demo.step_persons", "soc.demo.staff:add_persons"),
        DemoStep(20, "demo.step_databases", "soc.demo.embedded:make_databases"),
        DemoStep(40, "demo.step_accounts", "soc.demo.embedded:map_accounts"),
        DemoStep(45, "demo.step_logs", "soc.demo.embedded:make_logs"),
    ),
    collectors=(Collector("jobs", "soc.figures:collect"),),
    checks=(Check("installation", "soc.upkeep:check_installation"),),
    commands=(
        CommandSpec("up", "soc.commands:up"),
        CommandSpec("web", "soc.commands:web"),
        CommandSpec("worker", "soc.commands:worker"),
        CommandSpec("check", "soc.commands:check"),
        CommandSpec("db upgrade", "soc.commands:db_upgrade"),
        CommandSpec("token create", "soc.commands:token_create"),
        CommandSpec("unit list", "soc.tiers.commands:list_"),
        CommandSpec("unit add", "soc.tiers.commands:add"),
        CommandSpec("unit change", "soc.tiers.commands:change"),
        CommandSpec("unit move", "soc.tiers.commands:move"),
        CommandSpec("unit close", "soc.tiers.commands:close"),
        CommandSpec("unit reopen", "soc.tiers.commands:reopen"),
        CommandSpec("person list", "soc.identity.commands:list_"),
        CommandSpec("person move", "soc.identity.commands:move"),
        CommandSpec("person grant", "soc.identity.commands:grant"),
        CommandSpec("person withdraw", "soc.identity.commands:withdraw"),
        CommandSpec("account list", "soc.accounts.commands:list_"),
        CommandSpec("account mark", "soc.accounts.commands:mark"),
        CommandSpec("bench", "soc.commands:bench"),
        CommandSpec("demo users", "soc.commands:demo_users"),
        CommandSpec("demo generate", "soc.demo.commands:generate"),
        CommandSpec("demo history", "soc.demo.commands:history"),
        CommandSpec("demo workload", "soc.demo.commands:workload"),
        CommandSpec("demo leaks", "soc.demo.commands:leaks"),
        CommandSpec("demo accounts", "soc.demo.commands:accounts"),
    ),
)
