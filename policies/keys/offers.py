"""What keys offer to the room; names only."""

from soc.identity.actor import Role
from soc.room import ApprovalKind, CommandSpec, Permission

COMMANDS = (
    CommandSpec("keys status", "policies.keys.commands:status_command"),
    CommandSpec("keys rotate", "policies.keys.commands:rotate_command"),
)
APPROVALS = (
    ApprovalKind(name="keys.rotate", approver_permission="keys.approve", apply="policies.keys.service:rotate_approved"),
)
PERMISSIONS = (Permission("keys.approve", frozenset({Role.SECADMIN})),)
