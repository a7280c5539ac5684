"""What the ledger offers to the policies room; light, everything heavy is named."""

from soc.identity.actor import Role
from soc.room import MenuEntry, Permission, SearchProvider

MODELS = ("soc.ledger.models", "soc.ledger.opinions")
BLUEPRINTS = (
    "policies.ledger.routes:bp",
    "policies.ledger.queue:bp",
    "policies.ledger.keeping:bp",
    "policies.ledger.scans:bp",
    "policies.ledger.learning:bp",
    "policies.ledger.api:bp",
    "policies.ledger.api_scans:bp",
)
MENU = (
    MenuEntry("ledger.title", "ledger.index", "ledger.read", 400, "database"),
    MenuEntry(
        "ledger.queue_title",
        "ledger_queue.index",
        "ledger.write",
        90,
        "list-check",
        "policies.ledger.service:count_to_confirm",
    ),
)
PERMISSIONS = (
    Permission(
        "ledger.read",
        frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.POLICY, Role.LEADER, Role.OWNER}),
    ),
    Permission("ledger.write", frozenset({Role.OWNER, Role.POLICY})),
)
SEARCH = (SearchProvider("ledger", "policies.ledger.routes:find", "ledger.read"),)
