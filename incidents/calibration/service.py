"""Versions of what points are worth, for people: what one would change, and bringing one into force by hand."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.calibration.curve import WHOLE
from incidents.alerts.models import Alert, AlertStatus
from incidents.calibration.book import KIND, Book
from soc.approvals.models import Approval
from soc.identity.actor import Actor
from soc.text import Message, t
from soc.tiers.scope import visible
from soc.versions import service as versions
from soc.versions.values import Move, WhatIf

#: from which share on a chance is called so; the first whose bound it reaches
_WORDS = ((0.8, "very_likely"), (0.6, "likely"), (0.4, "even"), (0.2, "rather_not"), (0.0, "hardly"))
_EXAMPLES = 10


def word_of(chance: int | None) -> str:
    """Name a chance (thousandths): the end of a message id."""
    if chance is None:
        return "unknown"
    return next(word for least, word in _WORDS if chance >= WHOLE * least)


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Count the open alerts that another word would be used for; ``examples`` has the gravest of them."""
    before, after = Book(old) if old else None, Book(new)
    query = select(Alert).where(visible(actor, Alert.org), Alert.status.in_((AlertStatus.NEW, AlertStatus.TRIAGED)))
    waiting = session.scalars(query.order_by(Alert.score.desc(), Alert.id.desc())).all()
    moves: Counter[tuple[str, str, str]] = Counter()
    examples = []
    for alert in waiting:
        was = before.chance(alert.kind, alert.score) if before else None
        will = after.chance(alert.kind, alert.score)
        if word_of(was) == word_of(will):
            continue
        moves[alert.org, word_of(was), word_of(will)] += 1
        told = {"id": str(alert.id), "name": Message.from_json(alert.title).render()}
        examples.append(told | {"before": in_words(was), "after": in_words(will)})
    counted = tuple(
        Move(org, t(f"calibration.word.{was}"), t(f"calibration.word.{will}"), count)
        for (org, was, will), count in sorted(moves.items())
    )
    return WhatIf(len(waiting), moves.total(), counted, tuple(examples[:_EXAMPLES]))


def in_words(chance: int | None) -> str:
    """A chance as percent and word; where there is none, that."""
    word = t(f"calibration.word.{word_of(chance)}")
    return word if chance is None else f"{percent(chance)}% · {word}"


def percent(chance: int) -> int:
    """Whole percent of a chance; never 0 or 100, for nothing is certain."""
    return min(99, max(1, round(100 * chance / WHOLE)))


def bring_in(session: Session, actor: Actor, org: str, number: int, *, reason: str) -> Approval:
    """Ask a second person to put a version in force, whether it was kept back or replaced; it becomes a new one.

    Raises:
        NotFoundError: no such version in the actor's scope.
    """
    return versions.roll_back(session, actor, KIND, org, number, reason=reason)
