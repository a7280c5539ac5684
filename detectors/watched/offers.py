"""What watched subjects offer to the room; names only."""

from soc.identity.actor import Role
from soc.room import ApprovalKind, BatchStage, MenuEntry, Permission

MODELS = ("detectors.watched.models",)
BLUEPRINTS = ("detectors.watched.routes:bp",)
MENU = (MenuEntry("watched.title", "watched.index", "logs.read", 310, "eye"),)
PERMISSIONS = (
    Permission("logs.watch", frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR})),
    Permission("logs.watch_approve", frozenset({Role.COMMANDER, Role.AUDITOR})),
)
APPROVALS = (
    ApprovalKind(
        name="subject.watch",
        approver_permission="logs.watch_approve",
        apply="detectors.watched.service:approved",
        refused="detectors.watched.service:refused",
    ),
    ApprovalKind(
        name="subject.unwatch",
        approver_permission="logs.watch_approve",
        apply="detectors.watched.service:ended",
    ),
)
BATCH_STAGES = (BatchStage("watched subjects", 330, "detectors.watched.stage:run"),)
