"""Rules and correlations in figures, for ``/metrics``."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.sigma.marks import CorrelationMark, oldest
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.own.book import is_correlation, own_rows
from detectors.sigma.rules import RuleStatus

Figure = tuple[str, str, Mapping[str, str], float]


def collect(session: Session, settings: Settings) -> list[Figure]:
    """Return what each rule costs and finds, and how far correlations are."""
    return _of_rules(session) + _of_correlations(session)


def _of_rules(session: Session) -> list[Figure]:
    """Return the totals of every rule that was matched; what it costs a second is the rate of its seconds."""
    figures: list[Figure] = []
    for one in session.scalars(select(RuleCounter).where(RuleCounter.events > 0).order_by(RuleCounter.rule_id)):
        named = {"rule": one.rule_id}
        figures += [
            ("guanlan_rule_cost_seconds", "Seconds spent on matching a rule so far", named, one.cost_us / 1_000_000),
            ("guanlan_rule_events", "Events a rule was matched on so far", named, float(one.events)),
            ("guanlan_rule_hits", "Events a rule hit so far", named, float(one.hits)),
            ("guanlan_rule_broken", "Whether a rule failed last time", named, float(one.error is not None)),
        ]
    return figures


def _of_correlations(session: Session) -> list[Figure]:
    """Return what waits to be looked at, for how long, and which correlations cannot be looked at whole."""
    waiting = session.scalar(select(func.count()).select_from(CorrelationMark)) or 0
    rows = session.execute(select(DetectionRule.rule_id, DetectionRule.document, DetectionRule.status)).all()
    correlations = {rule_id: status for rule_id, document, status in rows if "correlation" in document}
    errors = set(session.scalars(select(RuleCounter.rule_id).where(RuleCounter.error.is_not(None))))
    own = [row for row in own_rows(session, errors).values() if is_correlation(row)]
    limited = len(correlations.keys() & errors) + len(own)
    unmatched = sum(status is not RuleStatus.OK for status in correlations.values())
    return [
        (
            "guanlan_correlation_marks",
            "Stretches of events that correlations have still to look at",
            {},
            float(waiting),
        ),
        ("guanlan_correlation_lag_seconds", "Age of the oldest of them", {}, oldest(session).total_seconds()),
        ("guanlan_correlation_limited", "Correlations that met a limit or failed last time", {}, float(limited)),
        ("guanlan_correlation_unmatched", "Correlations kept that cannot be matched", {}, float(unmatched)),
    ]
