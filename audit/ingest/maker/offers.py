"""What the workshop of log formats offers to the audit room; names only."""

from soc.identity.actor import Role
from soc.room import CommandSpec, MenuEntry, Permission, VersionedKind

COMMANDS = (
    CommandSpec("logs format test", "audit.ingest.maker.commands:attempt"),
    *(
        CommandSpec(f"logs format {name}", f"audit.ingest.maker.commands:{name}")
        for name in ("show", "suggest", "add", "remove", "export", "check", "diff", "propose", "rollback")
    ),
)
VERSIONS = (
    VersionedKind(
        name="log_formats",
        check="audit.ingest.maker.check:check",
        what_if="audit.ingest.maker.service:what_if",
        approver_permission="policies.approve",
    ),
)
PERMISSIONS = (
    Permission("formats.read", frozenset({Role.SYSADMIN, Role.ANALYST, Role.POLICY, Role.COMMANDER, Role.AUDITOR})),
    Permission("formats.write", frozenset({Role.SYSADMIN, Role.POLICY})),
)
BLUEPRINTS = ("audit.ingest.maker.routes:bp", "audit.ingest.maker.api:bp")
MENU = (MenuEntry("maker.title", "log_formats.index", "formats.read", 311, "file-code"),)
