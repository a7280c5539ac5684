"""What happened just before and after an event, of the same log, account or address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from soc.errors import InputError
from soc.logstore.checks import place_of
from soc.logstore.lucene import parse, term
from soc.logstore.port import Event, LogStore, SearchRequest
from soc.logstore.query import Scope

EACH_WAY = 20


class By(StrEnum):
    """What the events around have in common."""

    LOG = "log"
    ACCOUNT = "account"
    ADDRESS = "address"


#: an account is its organisation's, an address may come up at several
_FIELDS: Mapping[By, tuple[str, ...]] = {
    By.LOG: ("guanlan.org", "metadata.log_name", "guanlan.source"),
    By.ACCOUNT: ("guanlan.org", "actor.user.name"),
    By.ADDRESS: ("src_endpoint.ip",),
}


@dataclass(frozen=True, slots=True)
class Around:
    """An event between others, each side newest first; ``earlier`` and ``later`` say that there are more."""

    event: Event
    by: By
    query: str
    before: tuple[Event, ...]
    after: tuple[Event, ...]
    earlier: bool
    later: bool


def choices(event: Event) -> list[By]:
    """Return by what this event can be looked around: it must have a value for it."""
    return [by for by in By if event[_FIELDS[by][-1]] is not None or by is By.LOG]


def read_by(event: Event, text: str) -> By:
    """Return the choice that an address names.

    Raises:
        InputError: there is none of this name, or the event has no value for it.
    """
    found = next((by for by in choices(event) if by.value == text), None)
    if found is None:
        raise InputError("errors.logs.around", by=text[:40])
    return found


def around(store: LogStore, scope: Scope, event: Event, by: By, *, each_way: int = EACH_WAY) -> Around:
    """Return the events just before and after, within the reader's scope."""
    query = " AND ".join(term(name, event[name]) for name in _FIELDS[by] if event[name] is not None)
    asked = SearchRequest(parse(query), scope=scope, limit=each_way + 1, cursor=place_of(event).written())
    before, after = store.newest(asked).events, store.oldest(asked)
    return Around(
        event=event,
        by=by,
        query=query,
        before=before[:each_way],
        after=after[:each_way][::-1],
        earlier=len(before) > each_way,
        later=len(after) > each_way,
    )
