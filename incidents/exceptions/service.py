"""Proposing exceptions, putting them in force and ending them, and keeping back what they cover."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import MOST_TABLES, Finding
from detectors.sigma.service import titles
from incidents.alerts.grouping import Raised
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Verdict
from incidents.alerts.service import Change, change_alerts
from incidents.exceptions.models import ExceptedFinding, ExceptionStatus, FindingException
from incidents.exceptions.preview import wholly_covered, would_hide
from incidents.exceptions.terms import Terms, detector_of, parts_of
from soc.approvals.models import Approval
from soc.approvals.service import propose
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.identity.models import Person
from soc.text import LANGUAGES, Message, t
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, visible, within
from soc.trail import Act, Subject, record

#: the approval kind by which exceptions come into force
KIND = "alerts.except"
#: an exception that nobody looks at again is a hole
LONGEST = timedelta(days=366)
_MOST_TERMS_TABLES = MOST_TABLES // 2


class TermsError(InputError):
    """Terms that are too wide, contradict themselves or have no end in sight."""


@dataclass(frozen=True, slots=True)
class NewException:
    """What is to be expected of an alert's entity, or of anybody, until when, and who answers for it."""

    terms: Terms
    until: datetime
    owner: str
    reason: str


def propose_exception(
    session: Session, actor: Actor, alert: Alert, order: NewException, *, at: datetime
) -> FindingException:
    """Ask a second person to agree that what ``alert`` is an example of raises no alert.

    Raises:
        TermsError: the terms are too wide or contradict themselves, the end is past or too far, no such owner.
    """
    terms, examples = order.terms, examples_of(session, actor, alert)
    _check(session, actor, examples, order, at)
    made = FindingException(
        org=alert.org,
        detectors=list(terms.detectors),
        names=[name_of(session, one) for one in terms.detectors],
        entity=terms.entity,
        entity_name=alert.entity_name if terms.entity else "",
        tables=list(terms.tables),
        rows_at_most=terms.rows_at_most,
        score_at_most=terms.score_at_most,
        from_hour=terms.from_hour,
        to_hour=terms.to_hour,
        reason=order.reason,
        owner=order.owner,
        until=order.until,
        proposed_by=actor.name,
        proposed_at=at,
    )
    session.add(made)
    session.flush()
    record(session, actor, Act.EXCEPTION_PROPOSED, made, after={"terms": terms.as_json(), "until": order.until})
    payload = {
        "terms": terms.as_json(),
        "until": order.until.isoformat(),
        "owner": order.owner,
        "title": title_of(made).as_json(),
    }
    subject = Subject(FindingException.__tablename__, str(made.id), made.org)
    propose(session, actor, KIND, subject, payload, title=title_of(made).render(), reason=order.reason)
    return made


def examples_of(session: Session, actor: Actor, alert: Alert) -> list[Finding]:
    """One finding of each detector that speaks in an alert, gravest first; none where the actor sees none of them."""
    held = select(AlertFinding.finding_id).where(AlertFinding.alert_id == alert.id)
    query = select(Finding).where(visible(actor, Finding.org), Finding.id.in_(held))
    found: dict[str, Finding] = {}
    for one in session.scalars(query.order_by(Finding.score.desc(), Finding.last_at.desc())):
        found.setdefault(detector_of(one.kind, one.rule_id), one)
    return list(found.values())


def _check(session: Session, actor: Actor, examples: list[Finding], order: NewException, at: datetime) -> None:
    terms = order.terms
    speaking = {detector_of(one.kind, one.rule_id) for one in examples}
    if (
        not examples
        or not terms.detectors
        or not set(terms.detectors) <= speaking
        or terms.entity not in {"", examples[0].entity}
    ):
        raise TermsError("exceptions.error.other")
    if not terms.entity and not (terms.tables and terms.rows_at_most is not None):
        raise TermsError("exceptions.error.too_wide")
    if (terms.from_hour is None) != (terms.to_hour is None):
        raise TermsError("exceptions.error.hours")
    if len(terms.tables) > _MOST_TERMS_TABLES:
        raise TermsError("exceptions.error.tables", most=_MOST_TERMS_TABLES)
    if not at < order.until <= at + LONGEST:
        raise TermsError("exceptions.error.until", days=LONGEST.days)
    if not owner_known(session, actor, order.owner):
        raise TermsError("exceptions.error.owner")


def owner_known(session: Session, actor: Actor, name: str) -> bool:
    """Whether somebody of this name may answer for an exception: the actor, or who works in their scope."""
    known = within(actor, Person).where(Person.username == name, Person.active)
    return name == actor.name or session.scalar(known) is not None


def name_of(session: Session, detector: str) -> dict[str, Any]:
    """What a detector is called, in each language."""
    kind, rule_id = parts_of(detector)
    if rule_id:
        called = titles(session, [rule_id]).get(rule_id)
        return dict(called) if called else dict.fromkeys(LANGUAGES, rule_id)
    return {lang: t(f"exceptions.kind.{kind}", lang) for lang in LANGUAGES}


def title_of(exception: FindingException) -> Message:
    """Who and what."""
    who = exception.entity_name or Message("exceptions.anybody")
    return Message("rules.title", {"who": who, "rule": list(exception.names)})


def start(session: Session, actor: Actor, approval: Approval) -> None:
    """Put an exception in force, and close the open alerts that hold nothing else: what :data:`KIND` does."""
    exception, at = session.get_one(FindingException, UUID(approval.subject_id)), now()
    exception.status, exception.decided_by, exception.started_at = ExceptionStatus.ACTIVE, actor.name, at
    record(session, actor, Act.EXCEPTION_STARTED, exception, after={"until": exception.until})
    zone = session.info["settings"].timezone
    alerts = wholly_covered(session, actor, exception.terms, exception.org, at=at, zone=zone)
    note = t("exceptions.closed_note", title=title_of(exception).render())
    closed = Change(status=AlertStatus.CLOSED, verdict=Verdict.BENIGN, note=note)
    waiting = Alert.status.in_((AlertStatus.NEW, AlertStatus.TRIAGED))
    change_alerts(session, actor, within(actor, Alert).where(Alert.id.in_(alerts), waiting), closed, at=at)


def refuse(session: Session, actor: Actor, approval: Approval) -> None:
    """Close what nobody agreed to."""
    exception = session.get_one(FindingException, UUID(approval.subject_id))
    exception.status, exception.decided_by = ExceptionStatus.REFUSED, actor.name
    record(session, actor, Act.EXCEPTION_REFUSED, exception)


def stands(session: Session, approval: Approval) -> bool:
    """Whether it is still proposed as it was, and its day has not come."""
    exception = session.get_one(FindingException, UUID(approval.subject_id), with_for_update=True)
    same = exception.terms.as_json() == Terms.from_json(approval.payload["terms"]).as_json()
    return same and exception.status is ExceptionStatus.PROPOSED and exception.until > now()


def end(session: Session, actor: Actor, exception_id: Any, *, note: str, at: datetime) -> FindingException:
    """End an exception now: what it covered raises alerts again, so one person is enough.

    Raises:
        NotFoundError: none such within the actor's scope.
        ConflictError: it is not in force.
    """
    exception = find_within(session, actor, FindingException, exception_id)
    session.refresh(exception, with_for_update=True)
    if not exception.stands(at):
        raise ConflictError("exceptions.error.not_in_force")
    exception.status = ExceptionStatus.ENDED
    exception.ended_by, exception.ended_at, exception.ended_note = actor.name, at, note or None
    record(session, actor, Act.EXCEPTION_ENDED, exception, note=note or None)
    return exception


def keep_back(session: Session, actor: Actor, raised: Raised, *, at: datetime, zone: ZoneInfo) -> bool:
    """Keep a finding as excepted where an exception of its organisation, or of one above it, covers it."""
    exception = next((one for one in _standing(session, raised, at) if one.terms.covers(raised, zone)), None)
    if exception is None:
        return False
    if session.scalar(select(ExceptedFinding.id).where(ExceptedFinding.finding_id == raised.finding_id)) is None:
        kept = ExceptedFinding(
            org=raised.org, exception_id=exception.id, finding_id=raised.finding_id, title=dict(raised.title),
            score=raised.score, first_at=raised.first_at, last_at=raised.last_at, kept_at=at,
        )  # fmt: skip
        session.add(kept)
        session.flush()
        record(session, actor, Act.ALERT_KEPT_BACK, kept, after={"exception": str(exception.id), "score": raised.score})
    return True


def _standing(session: Session, raised: Raised, at: datetime) -> list[FindingException]:
    same = select(FindingException).where(
        FindingException.status == ExceptionStatus.ACTIVE,
        FindingException.until > at,
        FindingException.entity.in_(("", raised.entity)),
    )
    found = session.scalars(same.order_by(FindingException.started_at)).all()
    return [one for one in found if one.org in _above(session, raised.org)] if found else []


def _above(session: Session, org: str) -> set[str]:
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    return {org, *path.split("/")}


def describe(session: Session, actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person what would be kept back, and what would have been."""
    exception = session.get_one(FindingException, UUID(approval.subject_id))
    zone = session.info["settings"].timezone
    seen = would_hide(session, actor, exception.terms, exception.org, at=now(), zone=zone)
    counts = {"findings": seen.findings, "alerts": seen.alerts, "true": seen.true_positives, "open": seen.open}
    return {
        "facts": [
            *facts_of(exception, zone),
            (Message("exceptions.would"), Message("exceptions.would_text", counts)),
        ]
    }


def facts_of(exception: FindingException, zone: ZoneInfo) -> list[tuple[Message, Message | str]]:
    """The terms in words."""
    terms, anything = exception.terms, Message("exceptions.any")
    hours = anything if terms.from_hour is None else f"{terms.from_hour:02d}:00–{terms.to_hour:02d}:00"
    told: list[tuple[str, Message | str]] = [
        ("detector", Message("exceptions.named", {"name": list(exception.names)})),
        ("entity", exception.entity_name or Message("exceptions.anybody")),
        ("tables", Message("exceptions.named", {"name": list(terms.tables)}) if terms.tables else anything),
        ("rows_at_most", anything if terms.rows_at_most is None else f"{terms.rows_at_most:,}"),
        ("score_at_most", str(terms.score_at_most)),
        ("hours", hours),
        ("until", exception.until.astimezone(zone).date().isoformat()),
        ("owner", exception.owner),
    ]
    return [(Message(f"exceptions.{name}"), value) for name, value in told]
