"""An application's reading is charged to whoever asked, from the threshold on; the rest is the application's."""

from typing import Any

import pytest

from detectors.behaviour.charged import charged
from detectors.behaviour.extract import entity_days
from detectors.behaviour.facts import DayFacts, EntityDay, EntityKey
from detectors.behaviour.reasons import asked_reasons, query_of
from soc.text import Message
from tests.detectors.behaviour.days import FIRST
from tests.detectors.behaviour.test_extract import ZONE, frame

ZHANG = EntityKey("person", "GD1", "zhang", "窗口受理", service=False, org="440106")
PORTAL = EntityKey("account", "svc_portal", "svc_portal", "", service=True, org="440000")
ACCOUNTS = {"zhang": ZHANG, "svc_portal": PORTAL}


def asked(confidence: int | None, by: str | None = "zhang", **more: Any) -> dict[str, Any]:
    return {
        "actor.user.name": "svc_portal",
        "guanlan.asked_by": by,
        "guanlan.asked_by_basis": "comment" if by else None,
        "guanlan.asked_by_confidence": confidence,
        **more,
    }


def days(*rows: dict[str, Any], threshold: int = 70) -> dict[str, EntityDay]:
    found = entity_days(frame(*rows), ZONE, ACCOUNTS, "440000", threshold)
    return {one.key.reference: one for one in found}


def test_what_was_surely_asked_is_the_persons_and_the_rest_the_accounts() -> None:
    found = days(asked(80), asked(30), asked(0, "stranger"), asked(None, None))
    assert {name: one.facts.reads for name, one in found.items()} == {"person:GD1": 1, "account:svc_portal": 3}


def test_what_somebody_read_directly_and_through_an_application_is_theirs_together() -> None:
    parts = entity_days(frame(asked(80), {"actor.user.name": "zhang"}), ZONE, ACCOUNTS, "440000", 70)
    assert {one.key.reference for one in parts} == {"person:GD1"}
    assert sum(one.facts.reads for one in parts) == 2


def test_the_threshold_decides() -> None:
    assert set(days(asked(80), threshold=81)) == {"account:svc_portal"}
    assert set(days(asked(80), threshold=80)) == {"person:GD1"}


def test_a_claim_to_be_an_account_that_is_no_persons_is_not_believed() -> None:
    assert set(days(asked(95, "svc_portal"), asked(95, "stranger"))) == {"account:svc_portal"}


def test_the_day_says_through_which_account_and_how_it_is_known() -> None:
    facts = days(asked(80))["person:GD1"].facts
    assert facts.through == {"svc_portal/comment": 20.0}
    assert DayFacts.from_json(facts.as_json()) == facts


def test_a_day_kept_before_attribution_was_known_reads_back() -> None:
    stored = DayFacts().as_json()
    del stored["through"]
    assert DayFacts.from_json(stored) == DayFacts()


def test_the_applications_address_is_not_taken_for_the_persons() -> None:
    assert set(days(asked(80))["person:GD1"].facts.hosts) == {""}


def test_without_any_claim_nothing_changes() -> None:
    rows = frame({}, {"actor.user.name": "svc_portal"})
    assert charged(rows, ACCOUNTS, 70).drop("through").equals(rows)


@pytest.mark.parametrize("basis", ["trace", "comment", "application_name"])
def test_the_reason_names_the_account_and_the_basis_in_both_languages(basis: str) -> None:
    (reason,) = asked_reasons({f"svc_portal/{basis}": 1.0})
    assert "svc_portal" in reason.render("zh")
    assert "svc_portal" in reason.render("en")
    assert reason == Message(f"behaviour.reason.asked_{basis}", {"accounts": ["svc_portal"]})


def test_the_search_behind_it_finds_what_an_application_did_for_them() -> None:
    one = EntityDay(ZHANG, FIRST, DayFacts(through={"svc_portal/trace": 1.0}))
    assert query_of(one) == '(actor.user.name:"zhang" OR guanlan.asked_by:"zhang")'
    assert query_of(EntityDay(ZHANG, FIRST, DayFacts())) == 'actor.user.name:"zhang"'
