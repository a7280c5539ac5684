"""Which columns of the ledger a recognizer would claim, by what the ledger knows: names, comments and shapes, no values."""

import random
from collections.abc import Iterator, Sequence
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


def claims(session: Session, actor: Actor, definition: OwnDefinition) -> Iterator[Claim]:
    """The columns in the actor's scope that the recognizer would claim.

    A collision is a column that is of another type today, and not of one that it yields to or that protects more.
    """
    query = select(
        LedgerItem.id, LedgerItem.org, LedgerItem.name, LedgerItem.comment, LedgerItem.type, LedgerItem.evidence,
        LedgerTable.name.label("table"),
    ).join(LedgerTable, LedgerItem.table_id == LedgerTable.id)  # fmt: skip
    query = query.where(visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None)).order_by(LedgerItem.id)
    reader, known = matcher(definition), types()
    with own.seeking([definition]):
        for row in session.execute(query.execution_options(yield_per=1000)):
            said = own.named(row.name, row.comment).get(definition.id, 0.0)
            shaped = fits_shape(reader, str(row.evidence.get("shape", "")))
            if not (shaped if definition.needs_name else shaped or said >= SURE) or (
                definition.needs_name and not said
            ):
                continue
            today = known.get(row.type or "")
            other = today is not None and today.id != definition.id
            yields = today is not None and (
                today.id in definition.yields_to or today.level.rank > definition.type.level.rank
            )
            yield Claim(row.id, row.org, f"{row.table}.{row.name}", said > 0, shaped, row.type, other and not yields)


def fits_shape(reader: Matcher, shape: str) -> bool:
    """Whether most values of a silhouette (9 a digit, A a letter, 字 a Han sign) would have the recognizer's looks."""
    if not shape or len(shape) >= _CUT or not set(shape) & set(_SIGNS):
        return False
    fitting = sum(reader.fits(reader.form(one)) for one in _fillings(shape))
    return fitting * 2 > _TRIES


def _fillings(shape: str) -> Sequence[str]:
    chance = random.Random(shape)  # noqa: S311 - the same invented values each time, no secret
    return ["".join(chance.choice(_SIGNS.get(sign, sign)) for sign in shape) for _ in range(_TRIES)]
