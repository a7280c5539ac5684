"""Looking for drift once a day, and saying so when it lasts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from detectors.behaviour.store import BehaviourDay, newest_day
from detectors.drift.gathering import figures_of
from detectors.drift.measure import Moved, move_of
from detectors.drift.models import BehaviourDrift
from soc.clock import now
from soc.identity.actor import Actor
from soc.text import t
from soc.tiers.scope import visible
from soc.trail import Act, record

#: looks in a row, a day each, from which a move is no passing one and is told of
LASTING = 5
#: looks further apart than this are not in a row: nobody worked in between, or nothing came in
_GAP = timedelta(days=4)
_KEPT = timedelta(days=180)
_BANDS = ("edges", "before", "after", "middle_before", "middle_after")


def look(session: Session, actor: Actor, org: str) -> list[BehaviourDrift]:
    """Set the last whole week of an organisation's logs against the weeks before; a day is looked at once.

    The newest day is still being added to, so the week ends with the day before it.
    """
    newest = newest_day(session, org)
    if newest is None:
        return []
    last = newest - timedelta(days=1)
    if session.scalar(select(BehaviourDrift.id).where(BehaviourDrift.org == org, BehaviourDrift.day == last).limit(1)):
        return []
    before = _before(session, org, last)
    zone = session.info["settings"].timezone
    found = []
    for figure, weeks in figures_of(session, org, last, zone).items():
        moved = move_of(weeks.before, weeks.after)
        if moved is not None:
            found.append(_kept(session, actor, org, last, figure, moved, before.get(figure)))
    session.execute(delete(BehaviourDrift).where(BehaviourDrift.org == org, BehaviourDrift.day < last - _KEPT))
    return found


def _kept(
    session: Session, actor: Actor, org: str, day: date, figure: str, moved: Moved, before: BehaviourDrift | None
) -> BehaviourDrift:
    told = asdict(moved)
    row = BehaviourDrift(
        org=org,
        day=day,
        figure=figure,
        moved=moved.moved,
        noise=moved.noise,
        bands={name: told[name] for name in _BANDS},
        days_beyond=(before.days_beyond if before else 0) + 1 if moved.beyond else 0,
        looked_at=now(),
    )
    session.add(row)
    session.flush()
    if row.days_beyond == LASTING:
        figures = {"figure": figure, "moved": round(row.moved, 3), "bound": round(row.noise, 3), "looks": LASTING}
        record(session, actor, Act.DRIFT_NOTICED, row, after=figures)
    return row


def _before(session: Session, org: str, day: date) -> dict[str, BehaviourDrift]:
    """The look before, by figure, where it is near enough."""
    query = select(BehaviourDrift).where(
        BehaviourDrift.org == org, BehaviourDrift.day < day, BehaviourDrift.day >= day - _GAP
    )
    return {row.figure: row for row in session.scalars(query.order_by(BehaviourDrift.day))}


def latest(session: Session, org: str) -> list[BehaviourDrift]:
    """The newest look at one organisation's logs, what moved furthest beyond its bound first."""
    newest = select(func.max(BehaviourDrift.day)).where(BehaviourDrift.org == org).scalar_subquery()
    query = select(BehaviourDrift).where(BehaviourDrift.org == org, BehaviourDrift.day == newest)
    return sorted(session.scalars(query), key=lambda row: (-row.moved / row.noise, row.figure))


def over_time(session: Session, org: str, figure: str) -> Sequence[BehaviourDrift]:
    """All kept looks at one figure, the earliest first."""
    query = select(BehaviourDrift).where(BehaviourDrift.org == org, BehaviourDrift.figure == figure)
    return session.scalars(query.order_by(BehaviourDrift.day)).all()


def newest_looks() -> Select[BehaviourDrift]:
    """Ask for the newest look at each organisation's logs."""
    newest = (
        select(BehaviourDrift.org, func.max(BehaviourDrift.day).label("day")).group_by(BehaviourDrift.org).subquery()
    )
    return select(BehaviourDrift).join(
        newest, (newest.c.org == BehaviourDrift.org) & (newest.c.day == BehaviourDrift.day)
    )


def lasting(session: Session, actor: Actor) -> list[BehaviourDrift]:
    """What has lasted, of all that the actor sees: of each organisation the newest look."""
    seen = newest_looks().where(visible(actor, BehaviourDrift.org))
    rows = session.scalars(seen.where(BehaviourDrift.days_beyond >= LASTING))
    return sorted(rows, key=lambda row: (row.org, -row.moved / row.noise))


@dataclass(frozen=True, slots=True)
class Notice:
    """What lasts in one organisation's logs, and since when: about figures, never about a person."""

    org: str
    since: date
    figures: tuple[str, ...]

    @property
    def words(self) -> str:
        """The figures' names in the reader's language."""
        return t("drift.join").join(t(f"drift.figure.{one}") for one in self.figures)


def lasting_notices(session: Session, actor: Actor) -> list[Notice]:
    """What to tell whoever works with points, an organisation each."""
    by_org: dict[str, list[BehaviourDrift]] = {}
    for row in lasting(session, actor):
        by_org.setdefault(row.org, []).append(row)
    return [
        Notice(
            org, min(row.day - timedelta(days=row.days_beyond - 1) for row in rows), tuple(row.figure for row in rows)
        )
        for org, rows in by_org.items()
    ]


def looked_at(session: Session, actor: Actor) -> list[str]:
    """Organisations whose logs were looked at, or can be, that the actor sees."""
    return sorted(session.scalars(select(BehaviourDay.org).where(visible(actor, BehaviourDay.org)).distinct()))
