"""What rules cost and find, as Prometheus reads it."""

from sqlalchemy.orm import Session

from detectors.sigma.figures import collect
from detectors.sigma.models import RuleCounter
from detectors.sigma.own.book import tag_of
from soc.db import Database
from tests.detectors.sigma.own.correlating import FAILED_ID, GUESSED, enact, entry
from tests.detectors.sigma.own.writing import CITY
from tests.detectors.sigma.streaming import COUNTED, FAILED


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


def test_a_correlation_of_an_organisation_s_own_that_met_a_limit_is_counted_too(database: Database) -> None:
    enact(database, CITY, entry(FAILED), entry(COUNTED))
    with database.write() as session:
        for tag in (GUESSED, tag_of(CITY, FAILED_ID)):
            session.add(RuleCounter(rule_id=tag, hits=0, cost_us=1, events=1, error="too many"))
        session.flush()
        figures = {name: value for name, _, labels, value in collect(session, database.settings) if not labels}
    assert figures["guanlan_correlation_limited"] == 1.0
