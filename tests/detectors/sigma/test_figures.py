"""What rules cost and find, as Prometheus reads it."""

from sqlalchemy.orm import Session

from detectors.sigma.figures import collect
from detectors.sigma.models import RuleCounter


def test_each_rule_that_was_matched_tells_its_cost_and_its_hits(session: Session) -> None:
    session.add(RuleCounter(rule_id="dear", hits=3, cost_us=2_500_000, events=900, error="no such field"))
    session.add(RuleCounter(rule_id="cheap", hits=0, cost_us=10, events=900, error=None))
    session.add(RuleCounter(rule_id="never", hits=0, cost_us=0, events=0, error=None))
    session.flush()
    figures = {
        (name, labels["rule"]): value
        for name, _, labels, value in collect(session, session.info["settings"])
        if "rule" in labels
    }
    assert {rule for _, rule in figures} == {"dear", "cheap"}
    assert figures["guanlan_rule_cost_seconds", "dear"] == 2.5
    assert (figures["guanlan_rule_hits", "dear"], figures["guanlan_rule_events", "dear"]) == (3.0, 900.0)
    assert [figures["guanlan_rule_broken", rule] for rule in ("dear", "cheap")] == [1.0, 0.0]
