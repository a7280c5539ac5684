"""Which columns of the ledger a recognizer would claim, by what the ledger knows: names, comments and shapes, no values."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.recognizers import own
from detectors.recognizers.hints import SURE
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.own_matching import Matcher, matcher
from soc.ledger.own_types import OwnDefinition
from soc.ledger.types import types
from soc.tiers.scope import visible

_TRIES = 24
#: a silhouette is cut off after so many signs: what is longer is not known whole
_CUT = 24
_SIGNS = {"9": "0123456789", "A": "ABCDEFGHJKLMNPQRSTUVWXYZ", "字": "甲乙丙丁东南西北"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One column that a recognizer would claim: whether by its name or its shape, and what it is today."""

    item: UUID
    org: str
    name: str
    by_name: bool
    by_shape: bool
    type: str | None
    collides: bool


def claims(
    session: Session, actor: Actor, definition: OwnDefinition, watch: Callable[[int], None] = lambda _seen: None
) -> Iterator[Claim]:
    """The columns in the actor's scope that the recognizer would claim; ``watch`` is told how many were looked at."""
    query = select(
        LedgerItem.id, LedgerItem.org, LedgerItem.name, LedgerItem.comment, LedgerItem.type, LedgerItem.evidence,
        LedgerTable.name.label("table"),
    ).join(LedgerTable, LedgerItem.table_id == LedgerTable.id)  # fmt: skip
    query = query.where(visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None)).order_by(LedgerItem.id)
    reader = matcher(definition)
    with own.seeking([definition]):
        for seen, row in enumerate(session.execute(query.execution_options(yield_per=1000)), start=1):
            watch(seen)
            said = own.named(row.name, row.comment).get(definition.id, 0.0)
            shaped = fits_shape(reader, str(row.evidence.get("shape", "")))
            if not (shaped if definition.needs_name else shaped or said >= SURE) or (
                definition.needs_name and not said
            ):
                continue
            collides = collides_with(row.type, definition)
            yield Claim(row.id, row.org, f"{row.table}.{row.name}", said > 0, shaped, row.type, collides)


def collides_with(today: str | None, definition: OwnDefinition) -> bool:
    """Whether a column's type of today is another, and none that the recognizer yields to or that protects more."""
    known = types().get(today or "")
    if known is None or known.id == definition.id:
        return False
    return known.id not in definition.yields_to and known.level.rank <= definition.type.level.rank


def fits_shape(reader: Matcher, shape: str) -> bool:
    """Whether most values of a silhouette (9 a digit, A a letter, 字 a Han sign) would have the recognizer's looks."""
    if not shape or len(shape) >= _CUT or not set(shape) & set(_SIGNS):
        return False
    fitting = sum(reader.fits(reader.form(one)) for one in _fillings(shape))
    return fitting * 2 > _TRIES


def _fillings(shape: str) -> Sequence[str]:
    chance = random.Random(shape)  # noqa: S311 - the same invented values each time, no secret
    return ["".join(chance.choice(_SIGNS.get(sign, sign)) for sign in shape) for _ in range(_TRIES)]
