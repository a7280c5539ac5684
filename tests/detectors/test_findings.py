"""Findings: kept with a reference that hides the name, told again only when graver."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.findings import (
    EntityKind,
    Finding,
    FindingKind,
    FindingRaised,
    NewFinding,
    RiskPart,
    entity_reference,
    find_finding,
    raise_finding,
    raise_findings,
)
from soc.events import OutboxEvent
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import within
from soc.trail.models import TrailEntry
from tests.conftest import NOON, MakePerson

NEW = NewFinding(
    org="440106",
    kind=FindingKind.BEHAVIOUR,
    entity_kind=EntityKind.PERSON,
    entity_name="win_0",
    title=Message("behaviour.drip_title", {"account": "win_0", "days": 3}),
    reasons=[Message("behaviour.reason.times_habit", {"times": 4})],
    parts=[RiskPart(Message("behaviour.view.hours"), 20, "x:y")],
    score=60,
    level="G4",
    rows=Figure(100, 100, Basis.MEASURED),
    persons=Figure(1, 100, Basis.ESTIMATED),
    events=["e1"],
    first_at=NOON,
    last_at=NOON,
    dedup_key="k",
)


def test_a_finding_is_kept_told_and_entered_in_the_trail(session: Session, operator: Actor) -> None:
    found = raise_finding(session, operator, NEW)
    assert found is not None
    kept = find_finding(session, str(found))
    assert kept is not None
    assert kept.entity == entity_reference(session.info["settings"], "440106", "win_0")
    (told,) = session.scalars(select(OutboxEvent).where(OutboxEvent.name == FindingRaised.name))
    assert told.payload["finding_id"] == str(found)
    assert session.scalar(select(func.count()).where(TrailEntry.act == "finding.raised")) == 1


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (NEW, False),
        (replace(NEW, score=62), False),
        (replace(NEW, score=63), True),
        (replace(NEW, rows=Figure(120, 120)), False),
        (replace(NEW, rows=Figure(130, 130)), True),
        (replace(NEW, rows=Figure(100, None, Basis.UNKNOWN)), True),
        (replace(NEW, score=50, rows=Figure(900, 900)), False),
        (replace(NEW, dedup_key="other"), True),
        (replace(NEW, org="440100"), True),
    ],
)
def test_the_same_thing_is_told_again_only_when_it_is_graver(
    session: Session, operator: Actor, again: NewFinding, told: bool
) -> None:
    raise_finding(session, operator, NEW)
    assert (raise_finding(session, operator, again) is not None) is told


def test_several_are_kept_as_one_after_the_other_would_be(session: Session, operator: Actor) -> None:
    several = [NEW, replace(NEW, dedup_key="other"), NEW, replace(NEW, score=70), replace(NEW, org="440100")]
    found = raise_findings(session, operator, several)
    assert [one is not None for one in found] == [True, True, False, True, True]
    kept = [session.get_one(Finding, one).score for one in found if one is not None]
    assert kept == [60, 60, 70, 60]
    acts = session.scalars(select(TrailEntry.act).where(TrailEntry.act.startswith("finding.")).order_by(TrailEntry.id))
    assert list(acts) == ["finding.raised", "finding.raised", "finding.updated", "finding.raised"]
    told = list(session.scalars(select(OutboxEvent).where(OutboxEvent.name == FindingRaised.name)))
    assert {one.payload["finding_id"] for one in told} == {str(one) for one in found if one is not None}


def test_more_than_are_looked_up_at_once_are_still_known(session: Session, operator: Actor) -> None:
    several = [replace(NEW, dedup_key=f"k{number}") for number in range(1_100)]
    assert all(raise_findings(session, operator, several))
    assert raise_findings(session, operator, several) == [None] * 1_100


def test_a_reference_tells_neither_name_nor_that_two_organisations_have_one_name(session: Session) -> None:
    settings = session.info["settings"]
    here, there = entity_reference(settings, "440106", "win_0"), entity_reference(settings, "440100", "win_0")
    assert here != there
    assert "win_0" not in here


def test_a_finding_of_a_county_is_seen_above_and_not_beside(
    session: Session, operator: Actor, person: MakePerson
) -> None:
    raise_finding(session, operator, NEW)
    seen = {
        org: len(list(session.scalars(within(person(org=org), Finding))))
        for org in ("440000", "440100", "440106", "440300")
    }
    assert seen == {"440000": 1, "440100": 1, "440106": 1, "440300": 0}
