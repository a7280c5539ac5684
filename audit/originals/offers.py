"""What originals offer to the room; names only."""

from soc.identity.actor import Role
from soc.room import ApprovalKind, Permission

BLUEPRINTS = ("audit.originals.routes:bp",)
PERMISSIONS = (
    Permission("logs.original", frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR})),
    Permission("logs.original_approve", frozenset({Role.COMMANDER, Role.AUDITOR})),
)
APPROVALS = (
    ApprovalKind(
        name="logs.original",
        approver_permission="logs.original_approve",
        apply="audit.originals.service:allowed",
        describe="audit.originals.service:describe",
    ),
)
