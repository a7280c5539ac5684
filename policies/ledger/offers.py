"""What the ledger offers to the policies room; light, everything heavy is named."""

from soc.identity.actor import Role
from soc.room import CommandSpec, JobSpec, MenuEntry, Permission, SearchProvider, Subscription

MODELS = (
    "soc.ledger.models",
    "soc.ledger.opinions",
    "soc.ledger.secrecy",
    "soc.ledger.sketches",
    "soc.ledger.seen",
    "soc.ledger.lineage.models",
    "policies.ledger.exchange.models",
)
BLUEPRINTS = (
    "policies.ledger.routes:bp",
    "policies.ledger.queue:bp",
    "policies.ledger.keeping:bp",
    "policies.ledger.scans:bp",
    "policies.ledger.learning:bp",
    "policies.ledger.places:bp",
    "policies.ledger.map:bp",
    "policies.ledger.readers:bp",
    "policies.ledger.interfaces:bp",
    "policies.ledger.seen:bp",
    "policies.ledger.api_interfaces:bp",
    "policies.ledger.lineage:bp",
    "policies.ledger.exchange.routes:bp",
    "policies.ledger.exchange.api:bp",
    "policies.ledger.api:bp",
    "policies.ledger.api_scans:bp",
    "policies.ledger.secrecy:bp",
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
    MenuEntry(
        "secrecy.title",
        "secrecy.index",
        "secrecy.handle",
        95,
        "shield-exclamation",
        "soc.ledger.secrecy:count_open",
    ),
)
PERMISSIONS = (
    Permission(
        "ledger.read",
        frozenset({Role.ANALYST, Role.COMMANDER, Role.AUDITOR, Role.POLICY, Role.LEADER, Role.OWNER}),
    ),
    Permission("ledger.write", frozenset({Role.OWNER, Role.POLICY})),
    # no other role, and no token: its verb is none that a token's scope covers
    Permission("secrecy.handle", frozenset({Role.SECADMIN})),
)
SEARCH = (SearchProvider("ledger", "policies.ledger.routes:find", "ledger.read"),)
JOBS = (
    JobSpec("ledger.places", "policies.ledger.jobs:compare"),
    JobSpec("ledger.levels", "policies.ledger.jobs:flow"),
    JobSpec("ledger.query_logs", "policies.ledger.jobs:read_query_logs", cron="40 3 * * *"),
)
SUBSCRIPTIONS = (
    Subscription("soc.ledger.values:SourceScanned", "policies.ledger.jobs:order_comparison"),
    Subscription("soc.ledger.values:SourceScanned", "policies.ledger.jobs:lead_edges"),
    Subscription("soc.ledger.values:ItemDecided", "policies.ledger.jobs:order_levels"),
)
COMMANDS = (
    CommandSpec("ledger lineage", "policies.ledger.commands:lineage"),
    CommandSpec("ledger interfaces", "policies.ledger.interfaces_commands:interfaces"),
)
