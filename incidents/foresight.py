"""What a rule that is not in force would meet: the verdicts on alerts of the same events, the queue, the exceptions."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.findings import NewFinding, entity_reference
from detectors.sigma.backtests.result import KeptBack, Met
from incidents.alerts.grouping import WINDOW, Raised
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Verdict
from incidents.exceptions.models import ExceptionStatus, FindingException
from incidents.exceptions.service import title_of
from incidents.exceptions.terms import detector_of
from soc.clock import now
from soc.tiers.models import Organisation

Told = Sequence[NewFinding]


def met(
    session: Session,
    settings: Settings,
    orgs: frozenset[str],
    told: Told,
    hit: frozenset[str],
    span: tuple[datetime, datetime],
) -> Met:
    """Look at what is known at ``orgs`` of events that a rule hits (see :class:`soc.room.Foresight`).

    An alert is of the same events where one of its findings names one of them; a finding names 200 at most.
    """
    touched = _touched(session, orgs, hit, span) if hit else _Touched({}, frozenset())
    kept = _kept_back(session, settings, told)
    return Met(
        verdicts=dict(Counter(one.verdict.value for one in touched.alerts.values() if one.verdict is not None)),
        open=sum(one.status in {AlertStatus.NEW, AlertStatus.TRIAGED} for one in touched.alerts.values()),
        unseen=sum(touched.events.isdisjoint(one.events) for one in told),
        queue=_in_queue(told),
        kept_back=sum(kept.values()),
        by=tuple(_named(session, orgs, kept)),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """How an alert stands."""

    status: AlertStatus
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class _Touched:
    """Alerts that hold events which were hit, and all that these hold."""

    alerts: dict[UUID, _Known]
    events: frozenset[str]


def _touched(session: Session, orgs: frozenset[str], hit: frozenset[str], span: tuple[datetime, datetime]) -> _Touched:
    since, until = span
    query = (
        select(Alert.id, Alert.status, Alert.verdict, AlertFinding.events)
        .join(AlertFinding, AlertFinding.alert_id == Alert.id)
        .where(Alert.org.in_(orgs), AlertFinding.last_at >= since, AlertFinding.first_at < until)
        .execution_options(yield_per=500)
    )
    alerts: dict[UUID, _Known] = {}
    events: set[str] = set()
    for alert_id, status, verdict, named in session.execute(query):
        if not hit.isdisjoint(named):
            alerts[alert_id] = _Known(status, verdict)
            events.update(named)
    return _Touched(alerts, frozenset(events))


def _in_queue(told: Told) -> int:
    """How many alerts they would make: what one entity does within :data:`WINDOW` is one, as long as it is open."""
    by_entity: defaultdict[tuple[str, str], list[NewFinding]] = defaultdict(list)
    for one in sorted(told, key=lambda one: one.first_at):
        by_entity[one.org, one.entity_name].append(one)
    return sum(_stories(several) for several in by_entity.values())


def _stories(several: Told) -> int:
    count, ends = 1, several[0].last_at
    for one in several[1:]:
        count += one.first_at > ends + WINDOW
        ends = max(ends, one.last_at)
    return count


def _kept_back(session: Session, settings: Settings, told: Told) -> Counter[UUID]:
    """By exception in force how many findings it would keep back; of several that cover one, the oldest does."""
    detectors = {detector_of(one.kind, one.rule_id) for one in told}
    query = select(FindingException).where(
        FindingException.status == ExceptionStatus.ACTIVE, FindingException.until > now()
    )
    found = session.scalars(query.order_by(FindingException.started_at)).all()
    standing = [one for one in found if detectors.intersection(one.detectors)]
    if not standing:
        return Counter()
    paths = {one.code: one.path for one in session.execute(select(Organisation.code, Organisation.path))}
    covering = (_covering(standing, _raised(settings, one), paths.get(one.org, ""), settings) for one in told)
    return Counter(one.id for one in covering if one is not None)


def _covering(
    standing: Sequence[FindingException], raised: Raised, path: str, settings: Settings
) -> FindingException | None:
    above = {raised.org, *path.split("/")}
    return next(
        (one for one in standing if one.org in above and one.terms.covers(raised, settings.timezone)),
        None,
    )


def _raised(settings: Settings, told: NewFinding) -> Raised:
    """A finding as it would be taken in."""
    return Raised(
        finding_id=uuid4(),
        org=told.org,
        dedup_key=told.dedup_key,
        kind=told.kind,
        entity_kind=told.entity_kind,
        entity=entity_reference(settings, told.org, told.entity_name),
        entity_name=told.entity_name,
        title=told.title.as_json(),
        reasons=(),
        parts=(),
        score=told.score,
        level=told.level,
        rows=told.rows,
        persons=told.persons,
        events=told.events,
        first_at=told.first_at,
        last_at=told.last_at,
        details=told.details,
        rule_id=told.rule_id,
    )


def _named(session: Session, orgs: frozenset[str], kept: Counter[UUID]) -> Iterator[KeptBack]:
    """Those that whoever looks at ``orgs`` may see."""
    for exception_id, count in kept.most_common():
        exception = session.get_one(FindingException, exception_id)
        if exception.org in orgs:
            yield KeptBack(str(exception.id), title_of(exception).as_json(), count)
