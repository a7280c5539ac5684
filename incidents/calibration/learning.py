"""Learning anew: from the older verdicts, held against the version in use on the newer ones, put in force if not worse.

Neither of the two has learnt from what they are compared on: the split is by time, and a version remembers until when it
learnt. Where the version in use was chosen by two persons, a job does not replace it: it proposes, and a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from detectors.calibration.curve import WHOLE
from detectors.calibration.measures import bands, quality
from incidents.alerts.models import Alert
from incidents.calibration.book import KIND, Book, HeldOut, held_out_body, learn
from incidents.calibration.judged import Judged, judged_alerts, real_among
from soc.clock import now
from soc.identity.actor import Actor
from soc.text import t
from soc.tiers.models import Organisation
from soc.tiers.scope import narrowed, visible
from soc.trail import Act, record
from soc.versions import service as versions
from soc.versions.activation import activate
from soc.versions.models import PolicyVersion, VersionStatus

#: verdicts that something is learnt from, and those that it is tried on, at least
LEAST_LEARNT, LEAST_HELD = 20, 10
#: the newest share of the verdicts is held out, and no more than so many of them
_SHARE_HELD, _MOST_HELD = 0.3, 300
#: verdicts since the last version, whatever became of it, before another is made
LEAST_NEW = 10
#: how the installation's own authors are named
_BY_ITSELF = ("job:", "operator:")


class Outcome(StrEnum):
    """What came of a look at the verdicts."""

    TOO_FEW = "too_few"
    NOTHING_NEW = "nothing_new"
    REPLACED = "replaced"
    KEPT = "kept"
    PROPOSED = "proposed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it at one organisation; ``number`` of the version that was made."""

    org: str
    outcome: Outcome
    verdicts: int
    number: int | None = None
    held: HeldOut | None = None


def learn_anew(session: Session, actor: Actor, org: str) -> Learnt:
    """Learn from the verdicts of an organisation and those below it, and say what came of it."""
    judged = judged_alerts(session, narrowed(session, actor, org))
    used = versions.active(session, KIND, org)
    older, newer = split(judged, used)
    if len(older) < LEAST_LEARNT or len(newer) < LEAST_HELD:
        return Learnt(org, Outcome.TOO_FEW, len(judged))
    if _decided_since(session, org, judged) < LEAST_NEW:
        return Learnt(org, Outcome.NOTHING_NEW, len(judged))
    if _is_waiting(session, org):
        return Learnt(org, Outcome.WAITING, len(judged))
    body = learn(older)
    held = compare(body, newer, used, real_among(older) / len(older))
    return _settle(session, actor, org, body | {"held_out": held_out_body(held)}, held, used)


def split(judged: Sequence[Judged], used: PolicyVersion | None) -> tuple[Sequence[Judged], Sequence[Judged]]:
    """Part verdicts (the earliest first) into those to learn from and later ones, which ``used`` does not know either."""
    held = min(_MOST_HELD, max(LEAST_HELD, round(_SHARE_HELD * len(judged))))
    older, newer = judged[: max(0, len(judged) - held)], judged[max(0, len(judged) - held) :]
    if older:
        # decided in one stroke: none of them is on the other side
        newer = [one for one in newer if one.at > older[-1].at]
    if used is not None:
        until = Book(used.body).until
        newer = [one for one in newer if one.at > until]
    return older, newer


def compare(body: dict[str, Any], newer: Sequence[Judged], used: PolicyVersion | None, share: float) -> HeldOut:
    """Measure what was learnt on later verdicts beside the version in use, or at first beside the mere ``share``."""
    mine = _said(Book(body), newer, share)
    other = _said(Book(used.body), newer, share) if used else [_sure(share)] * len(newer)
    real = [one.real for one in newer]
    return HeldOut(
        verdicts=len(newer),
        real=sum(real),
        since=newer[0].at.isoformat(),
        mine=quality(mine, real),
        other=quality(other, real),
        number=used.number if used else None,
        bands=[[one.judged, one.real, round(one.said, 4)] for one in bands(mine, real)],
    )


def _said(book: Book, newer: Sequence[Judged], share: float) -> list[float]:
    """The chance of each; of a detector that a version does not know, the mere share."""
    told = [book.chance(one.kind, one.score) for one in newer]
    return [_sure(share) if one is None else one / WHOLE for one in told]


def _sure(share: float) -> float:
    return min(max(share, 1 / WHOLE), 1 - 1 / WHOLE)


def _decided_since(session: Session, org: str, judged: Sequence[Judged]) -> int:
    """Verdicts since a version was last made from them; one that was brought back was not."""
    query = select(func.max(PolicyVersion.created_at)).where(PolicyVersion.kind == KIND, PolicyVersion.org == org)
    last = session.scalar(query.where(_made_by_itself()))
    return len(judged) if last is None else sum(one.at > last for one in judged)


def _made_by_itself() -> ColumnElement[bool]:
    return or_(*(PolicyVersion.author_id.startswith(one) for one in _BY_ITSELF))


def _is_waiting(session: Session, org: str) -> bool:
    """Whether a version waits for a person already: two at a time help nobody."""
    query = select(PolicyVersion.id).where(PolicyVersion.kind == KIND, PolicyVersion.org == org)
    return session.scalar(query.where(PolicyVersion.status == VersionStatus.PROPOSED).limit(1)) is not None


def _settle(
    session: Session, actor: Actor, org: str, body: dict[str, Any], held: HeldOut, used: PolicyVersion | None
) -> Learnt:
    base = used.number if used else None
    made = versions.draft(session, actor, KIND, org, body, title=KIND, base=base)
    if not held.replaces:
        made.status = VersionStatus.REJECTED
        after = {"number": made.number, "why": "worse", "brier": held.mine.brier, "in_use": held.other.brier}
        record(session, actor, Act.VERSION_REJECTED, made, after=after)
        outcome = Outcome.KEPT
    elif used is not None and not used.author_id.startswith(_BY_ITSELF):
        versions.propose(session, actor, made, reason=t("calibration.reason_better"))
        outcome = Outcome.PROPOSED
    else:
        activate(session, actor, made, at=now())
        outcome = Outcome.REPLACED
    return Learnt(org, outcome, body["verdicts"], made.number, held)


def places(session: Session, actor: Actor) -> list[str]:
    """Organisations within whose scope an alert was decided, from the top down."""
    own = select(Organisation.path).join(Alert, Alert.org == Organisation.code).where(Alert.verdict.is_not(None))
    paths = set(session.scalars(own.distinct()))
    codes = {code for path in paths for code in path.strip("/").split("/")}
    query = select(Organisation.code).where(Organisation.code.in_(codes), visible(actor, Organisation.code))
    return list(session.scalars(query.order_by(Organisation.path)))
