"""Weak spots are kept, weighed, handed out, borne for a while, and closed by a later look that does not find them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from detectors.weaknesses.looking import Seen
from detectors.weaknesses.models import SpotNote, SpotRun, SpotStatus, WeakSpot
from detectors.weaknesses.values import Hit, score
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.ledger.levels import Level, highest
from soc.ledger.models import LedgerTable, Source
from soc.tiers.scope import find_within, within
from soc.trail import Act, record

#: what still has to be mended
WAITING = (SpotStatus.OPEN, SpotStatus.TASK)


def store_looks(session: Session, actor: Actor, source: Source, seen: Sequence[Seen]) -> SpotRun:
    """Keep what one look found; a spot whose check looked and did not find it is closed.

    What could not be looked at closes nothing.
    """
    at = now()
    known = {(one.check, one.subject): one for one in session.scalars(_of_source(source))}
    levels = _levels(session, source)
    found = 0
    for one in seen:
        for hit in one.hits:
            found += 1
            spot = known.pop((one.check.id, hit.subject), None)
            _keep(session, actor, source, spot, one.check.id, one.check.severity, hit, levels, at)
    looked = {one.check.id for one in seen if one.unseen is None}
    closed = [spot for (check, _), spot in known.items() if check in looked and spot.status is not SpotStatus.CLOSED]
    for spot in closed:
        _close(session, actor, spot, at)
    run = SpotRun(
        org=source.org, source_id=source.id, at=at, by=actor.name, looked=len(looked), found=found,
        closed=len(closed), unseen=[_unseen(one) for one in seen if one.unseen is not None],
    )  # fmt: skip
    session.add(run)
    told = {"looked": run.looked, "found": run.found, "closed": run.closed, "unseen": len(run.unseen)}
    record(session, actor, Act.WEAK_SPOTS_LOOKED, source, after=told)
    return run


def _of_source(source: Source) -> Select[WeakSpot]:
    return select(WeakSpot).where(WeakSpot.source_id == source.id)


def _levels(session: Session, source: Source) -> dict[str, Level]:
    query = select(LedgerTable.name, LedgerTable.level).where(
        LedgerTable.source_id == source.id, LedgerTable.gone_at.is_(None)
    )
    return {row.name: row.level for row in session.execute(query)}


def _unseen(one: Seen) -> dict[str, Any]:
    assert one.unseen is not None
    return {"check": one.check.id, "key": one.unseen.key, "params": dict(one.unseen.params)}


def _keep(
    session: Session, actor: Actor, source: Source, spot: WeakSpot | None, check: str, severity: int, hit: Hit,
    levels: dict[str, Level], at: datetime, title: str = "",
) -> WeakSpot:  # fmt: skip
    level = levels.get(hit.table) or highest(list(levels.values()))
    if spot is None:
        spot = WeakSpot(org=source.org, source_id=source.id, check=check, subject=hit.subject, first_seen=at)
        spot.status = SpotStatus.OPEN
        session.add(spot)
        what = "found"
    else:
        what = "found_again" if spot.status is SpotStatus.CLOSED else ""
    spot.params, spot.severity, spot.level, spot.title = dict(hit.params), severity, level, title
    spot.score, spot.last_seen = score(severity, level), at
    if spot.status is SpotStatus.CLOSED:
        spot.status, spot.closed_at = SpotStatus.OPEN, None
    if what:
        session.flush()
        _note(session, actor, spot, what, at)
    return spot


def _close(session: Session, actor: Actor, spot: WeakSpot, at: datetime) -> None:
    spot.status, spot.closed_at, spot.excepted_until = SpotStatus.CLOSED, at, None
    _note(session, actor, spot, "closed", at)


def _note(session: Session, actor: Actor, spot: WeakSpot, what: str, at: datetime, note: str = "") -> None:
    session.add(SpotNote(org=spot.org, spot_id=spot.id, at=at, by=actor.name, what=what, note=note))


def keep_foreign(
    session: Session, actor: Actor, source: Source, tool: str, found: Iterable[tuple[str, int, Hit, str]]
) -> int:
    """Keep what another scanner found: (rule, severity 1 to 4, where, words); return how many.

    A file says only what was found: it closes nothing.
    """
    at, levels, count = now(), _levels(session, source), 0
    known = {(one.check, one.subject): one for one in session.scalars(_of_source(source))}
    for rule, severity, hit, title in found:
        check = f"{tool}:{rule}"
        spot = known.get((check, hit.subject))
        known[check, hit.subject] = _keep(session, actor, source, spot, check, severity, hit, levels, at, title)
        count += 1
    record(session, actor, Act.WEAK_SPOTS_IMPORTED, source, after={"tool": tool, "found": count})
    return count


def spots(actor: Actor) -> Select[WeakSpot]:
    """Select the weak spots in scope, each with its source."""
    return within(actor, WeakSpot).options(joinedload(WeakSpot.source))


def find_spot(session: Session, actor: Actor, spot_id: UUID | str) -> WeakSpot:
    """Return one weak spot with its source.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    found = find_within(session, actor, WeakSpot, spot_id)
    return session.scalars(spots(actor).where(WeakSpot.id == found.id)).one()


def notes_of(session: Session, spot: WeakSpot) -> Sequence[SpotNote]:
    """The history of a weak spot, newest first."""
    return session.scalars(
        select(SpotNote).where(SpotNote.spot_id == spot.id).order_by(SpotNote.at.desc(), SpotNote.id.desc())
    ).all()


def count_waiting(session: Session, actor: Actor) -> int:
    """Return how many weak spots have to be mended."""
    query = within(actor, WeakSpot).where(WeakSpot.status.in_(WAITING))
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def hand_out(session: Session, actor: Actor, spot: WeakSpot, *, assignee: str, due_at: datetime | None) -> None:
    """Ask somebody to mend it.

    Raises:
        ConflictError: it is closed.
    """
    _expect_waiting(spot)
    before = {"status": spot.status.value}
    spot.status, spot.assignee, spot.due_at = SpotStatus.TASK, assignee, due_at
    _note(session, actor, spot, "task", now(), assignee)
    record(session, actor, Act.WEAK_SPOT_CHANGED, spot, before=before, after={"status": spot.status.value})


def bear(session: Session, actor: Actor, spot: WeakSpot, *, why: str, until: datetime) -> None:
    """Bear it until a day, with a reason.

    Raises:
        ConflictError: it is closed.
        InputError: the day has passed.
    """
    _expect_waiting(spot)
    if until <= now():
        raise InputError("errors.weak.past")
    before = {"status": spot.status.value}
    spot.status, spot.excepted_by, spot.excepted_why, spot.excepted_until = SpotStatus.EXCEPTED, actor.name, why, until
    _note(session, actor, spot, "excepted", now(), why)
    after = {"status": spot.status.value, "until": until.isoformat()}
    record(session, actor, Act.WEAK_SPOT_CHANGED, spot, before=before, after=after, note=why)


def take_up(session: Session, actor: Actor, spot: WeakSpot) -> None:
    """End an exception before its day.

    Raises:
        ConflictError: it is not borne.
    """
    if spot.status is not SpotStatus.EXCEPTED:
        raise ConflictError("errors.weak.state")
    _reopen(session, actor, spot, "reopened", now())


def expire(session: Session, actor: Actor, *, at: datetime) -> int:
    """Open every exception whose day has come; return how many."""
    query = select(WeakSpot).where(WeakSpot.status == SpotStatus.EXCEPTED, WeakSpot.excepted_until <= at)
    found = session.scalars(query).all()
    for spot in found:
        _reopen(session, actor, spot, "expired", at)
    return len(found)


def _reopen(session: Session, actor: Actor, spot: WeakSpot, what: str, at: datetime) -> None:
    before = {"status": spot.status.value}
    spot.status, spot.excepted_until = SpotStatus.OPEN, None
    _note(session, actor, spot, what, at)
    record(session, actor, Act.WEAK_SPOT_CHANGED, spot, before=before, after={"status": spot.status.value})


def _expect_waiting(spot: WeakSpot) -> None:
    if spot.status not in WAITING:
        raise ConflictError("errors.weak.state")
