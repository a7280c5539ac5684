"""What every entity's page asks first: its events lately, within the reader's organisations, and whether there are any."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from incidents.entities.window import Window
from soc.entities import LogEntity
from soc.identity.actor import Actor
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Query, Scope, all_of
from soc.tiers.scope import scope_codes


@dataclass(frozen=True, slots=True)
class Look:
    """An entity looked at by somebody: ``lately`` is what is asked of the store."""

    store: LogStore
    entity: LogEntity
    window: Window
    lately: SearchRequest

    def only(self, query: Query) -> SearchRequest:
        """Return the request for those of its events that match ``query``."""
        return replace(self.lately, query=all_of(self.lately.query, query))

    def ever_seen(self) -> bool:
        """Whether the store has any event of it that the reader may see, however old."""
        return bool(self.store.newest(replace(self.lately, since=None, until=None, limit=1)).events)


def look(store: LogStore, session: Session, actor: Actor, entity: LogEntity, window: Window) -> Look:
    """Return how ``actor`` sees an entity."""
    scope = Scope(scope_codes(session, actor))
    return Look(store, entity, window, SearchRequest(parse(entity.query), window.since, window.until, scope))
