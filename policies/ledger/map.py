"""The ledger as a map: which business domain holds how much of which level, by items or by persons counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from policies.ledger.listing import UNSET
from policies.ledger.service import seen_items
from policies.ledger.treemap import Box, squarified
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.stewardship import Domain
from soc.text import t
from soc.tiers.scope import visible_items
from soc.web.context import current_actor, current_session, viewer
from soc.web.guard import requires

bp = Blueprint("ledger_map", __name__, url_prefix="/ledger", template_folder="templates")
_HEAD = 22.0
#: the drawing for a wide page, and that for a phone
_SIZES = (("wide", 1120.0, 520.0), ("narrow", 358.0, 620.0))
#: below this a tile has no room for its words
_ROOM = (46.0, 34.0)


class By(StrEnum):
    """What an area counts."""

    ITEMS = "items"
    PERSONS = "persons"


Counted = Mapping[tuple[str, Level], int]


@dataclass(frozen=True, slots=True)
class Tile:
    """One domain's share of one level."""

    box: Box
    level: Level
    label: str
    count: int
    url: str
    roomy: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One domain with its tiles."""

    box: Box
    name: str
    count: int
    url: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map in one size."""

    name: str
    width: float
    height: float
    fields: tuple[Field, ...]


@bp.get("/map")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """Show the map, its table below it."""
    wanted = request.args.get("by", By.ITEMS.value)
    if wanted not in set(By):
        raise InputError("errors.filter", name="by", value=wanted[:80])
    by = By(wanted)
    counted = by_domain(current_session(), viewer(), by)
    drawn = [_drawn(name, width, height, counted, by) for name, width, height in _SIZES] if counted else []
    rows = sorted(counted.items(), key=lambda one: (one[0][0], -one[0][1].rank))
    lines = [(_name(domain), level, count, _url(by, domain, level)) for (domain, level), count in rows]
    given = {"by": by, "choices": list(By), "total": sum(counted.values()), "may": current_actor().may}
    return render_template("ledger/map.html", drawn=drawn, lines=lines, **given)


def by_domain(session: Session, actor: Actor, by: By) -> Counted:
    """Count items, or the persons that tables speak of, by domain and level."""
    query: Select[*tuple[Any, ...]]
    if by is By.ITEMS:
        query = select(LedgerItem.domain, LedgerItem.level, func.count())
        query = query.where(seen_items(session, actor))
        query = query.group_by(LedgerItem.domain, LedgerItem.level)
    else:
        query = select(LedgerTable.domain, LedgerTable.level, func.sum(LedgerTable.persons_high))
        query = query.where(visible_items(actor, LedgerTable), LedgerTable.gone_at.is_(None))
        query = query.group_by(LedgerTable.domain, LedgerTable.level)
    return {
        (domain.value if domain else UNSET, level): int(count)
        for domain, level, count in session.execute(query)
        if count
    }


def _drawn(name: str, width: float, height: float, counted: Counted, by: By) -> Drawn:
    domains: dict[str, int] = {}
    for (domain, _), count in counted.items():
        domains[domain] = domains.get(domain, 0) + count
    boxes = squarified(domains.items(), 0, 0, width, height)
    return Drawn(name, width, height, tuple(_field(box, counted, domains[box.key], by) for box in boxes))


def _field(box: Box, counted: Counted, total: int, by: By) -> Field:
    levels = {level.value: count for (domain, level), count in counted.items() if domain == box.key}
    head = min(_HEAD, box.height / 2)
    inside = squarified(
        levels.items(), box.x + 1, box.y + head, max(0.0, box.width - 2), max(0.0, box.height - head - 1)
    )
    tiles = tuple(_tile(one, box.key, levels[one.key], by) for one in inside)
    return Field(box, _name(box.key), total, _url(by, box.key, None), tiles)


def _tile(box: Box, domain: str, count: int, by: By) -> Tile:
    level = Level(box.key)
    roomy = box.width >= _ROOM[0] and box.height >= _ROOM[1]
    return Tile(box, level, _name(domain), count, _url(by, domain, level), roomy)


def _name(domain: str) -> str:
    return t("ledger.facet.unset") if domain == UNSET else t(f"ledger.domain.{Domain(domain).value}")


def _url(by: By, domain: str, level: Level | None) -> str:
    """The explorer with what is counted here: items by their own domain and level, persons by those of their tables."""
    names = ("domain", "level") if by is By.ITEMS else ("table_domain", "table_level")
    wanted: dict[str, Any] = dict(zip(names, (domain, level.value if level else None), strict=True))
    return url_for("ledger.index", **wanted)
