"""What the wall shows: organisations and posts, never a person's name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashboards.posture.figures import Centre, Posture, posture
from dashboards.posture.flows import GRAVE
from dashboards.posture.indicators import Span
from incidents.cases.clocks import next_clocks
from incidents.cases.models import Clock, Incident
from soc.identity.actor import Actor
from soc.logstore.lucene import parse
from soc.logstore.port import SearchRequest
from soc.logstore.query import Scope
from soc.tiers.names import shown_name
from soc.tiers.scope import scope_codes

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

_DAYS, _HOURS, _LINES = 30, 24, 6


@dataclass(frozen=True, slots=True)
class WallTile:
    """One city's cell: its score, and how far it is from full marks in five steps."""

    name: str
    x: int
    y: int
    text: str
    step: str


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything the screen draws at one instant."""

    found: Posture
    #: the centres with the most rows that may have left, and those with the lowest scores
    at_risk: tuple[Centre, ...]
    behind: tuple[Centre, ...]
    clocks: tuple[tuple[Clock, Incident], ...]
    #: reads of grave data in each of the last 24 hours, the oldest first
    hours: tuple[int, ...]

    @property
    def tiles(self) -> tuple[WallTile, ...]:
        """The cities below that have a cell."""
        return tuple(
            _tile(shown_name(one.org), one.org.tile_x, one.org.tile_y, one.score.value)
            for one in self.found.below
            if one.org.tile_x is not None and one.org.tile_y is not None
        )


def _tile(name: str, x: int, y: int, score: float | None) -> WallTile:
    step = "none" if score is None else str(min(4, int((100 - score) / 20)))
    return WallTile(name.removesuffix("市"), x, y, "—" if score is None else f"{score:.0f}", step)


def wall(session: Session, store: "LogStore", actor: Actor, *, at: datetime) -> Wall:
    """Return the wall of the actor's organisation and those below it, the last 30 days."""
    found = posture(session, actor, Span(at - timedelta(days=_DAYS), at), at=at)
    exposed = sorted((one for one in found.below if not one.counts.rows.nothing), key=_exposed, reverse=True)
    scored = sorted((one for one in found.below if one.score.value is not None), key=lambda one: one.score.value or 0.0)
    clocks = tuple(next_clocks(session, actor, _LINES))
    hours = _hours(store, scope_codes(session, actor), at)
    return Wall(found, tuple(exposed[:_LINES]), tuple(scored[:_LINES]), clocks, hours)


def _exposed(centre: Centre) -> tuple[int, float]:
    return centre.counts.rows.weight


def _hours(store: "LogStore", orgs: frozenset[str], at: datetime) -> tuple[int, ...]:
    first = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=_HOURS - 1)
    request = SearchRequest(parse(GRAVE), since=first, until=at, scope=Scope(orgs))
    counted = {bucket.start: bucket.count for bucket in store.histogram(request, timedelta(hours=1))}
    return tuple(counted.get(first + timedelta(hours=hour), 0) for hour in range(_HOURS))
