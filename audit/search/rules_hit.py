"""Which rules hit the events of a list: their titles in the reader's language, and where each is explained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from audit.search.labels import value_words
from soc.logstore.port import Event
from soc.registry import value_page

FIELD = "guanlan.rules"


@dataclass(frozen=True, slots=True)
class HitRule:
    """A rule as a list of events shows it; one that is no longer kept has its id as title and no page."""

    title: str
    url: str


def rules_hit(session: Session, events: Iterable[Event]) -> Mapping[str, HitRule]:
    """Return the rules that hit any of the events, by what the events name them: one question of the state database."""
    tags = sorted({tag for event in events for tag in _tags(event)})
    if not tags:
        return {}
    titles, page = value_words(session, FIELD, tags), value_page(FIELD)
    return {tag: _rule(tag, titles.get(tag), page) for tag in tags}


def _rule(tag: str, title: str | None, page: str) -> HitRule:
    return HitRule(title or tag, url_for(page, tag=tag) if title and page else "")


def _tags(event: Event) -> list[str]:
    told = event[FIELD]
    return told if isinstance(told, list) else []
