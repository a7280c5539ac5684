"""The report says what the page says, in one document that nothing written into it can break."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from dashboards.posture.figures import posture
from dashboards.posture.indicators import Span
from dashboards.reports.contents import gather
from dashboards.reports.render import render
from incidents.cases.models import Clock, Incident, IncidentTask, TaskKind
from incidents.deadlines import IncidentLevel, clock_rules
from soc.db import new_id
from soc.identity.actor import Role
from soc.text import speaking
from soc.tiers.models import Organisation
from tests.conftest import NOON, MakePerson

SPAN = Span(NOON - timedelta(days=30), NOON)
ZONE = ZoneInfo("Asia/Shanghai")
NASTY = "<script>alert(1)</script>{{ 7*191 }}{% for x in ().__class__.__base__.__subclasses__() %}\"'&"


def an_incident(session: Session, org: str = "440100") -> Incident:
    incident = Incident(
        org=org, number=f"{org}-2026-{new_id().hex[-6:]}", title={"key": "behaviour.title", "params": {"who": "张三"}},
        title_text="张三", category="data_leak", level_proposed=IncidentLevel.LARGER, facts={}, held_by=org,
        entity_name="张三", discovered_at=NOON - timedelta(days=3), opened_at=NOON - timedelta(days=3),
    )  # fmt: skip
    session.add(incident)
    session.flush()
    return incident


def a_clock(session: Session, incident: Incident, *, due: timedelta, met: timedelta | None = None) -> None:
    met_at = None if met is None else NOON + met
    rule = clock_rules()[0].id
    session.add(Clock(org=incident.org, incident_id=incident.id, rule_id=rule, started_at=incident.discovered_at,
                      due_at=NOON + due, met_at=met_at))  # fmt: skip
    session.flush()


def a_task(session: Session, incident: Incident, title: str) -> None:
    session.add(IncidentTask(org=incident.org, incident_id=incident.id, kind=TaskKind.RECTIFICATION, title=title,
                             opened_by="a", opened_at=NOON - timedelta(days=1)))  # fmt: skip
    session.flush()


def test_its_figures_are_those_of_the_page(session: Session, person: MakePerson) -> None:
    leader = person(Role.LEADER)
    incident = an_incident(session)
    a_clock(session, incident, due=-timedelta(days=2), met=-timedelta(days=2, hours=1))
    a_clock(session, incident, due=-timedelta(days=1))
    report, page = gather(session, leader, SPAN, at=NOON), posture(session, leader, SPAN, at=NOON)
    assert report.found == page
    text = render(report, ZONE)
    assert page.centre.score.value is not None
    assert f"<b>{page.centre.score.value:.0f}</b>" in text
    assert re.search(r'F4 [^<]+</td>\s*<td class="num">1</td><td class="num">2</td><td class="num">50.0%</td>', text)


@pytest.mark.parametrize(
    ("due", "met", "state"),
    [(-2, -3, "met"), (-2, -1, "late"), (-2, None, "missed"), (2, None, "running")],
)
def test_each_clock_says_what_became_of_it(
    session: Session, person: MakePerson, due: int, met: int | None, state: str
) -> None:
    a_clock(session, an_incident(session), due=timedelta(hours=due), met=None if met is None else timedelta(hours=met))
    (case,) = gather(session, person(Role.LEADER), SPAN, at=NOON).cases
    assert [duty.state for duty in case.duties] == [state]


def test_what_people_wrote_stays_text(session: Session, person: MakePerson) -> None:
    city = session.get_one(Organisation, "440100")
    city.name = NASTY
    a_task(session, an_incident(session), NASTY)
    text = render(gather(session, person(Role.LEADER), SPAN, at=NOON), ZONE)
    assert "<script" not in text
    assert "1337" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*191 }}") >= 3  # task, its centre, who holds it


def test_it_names_nobody_whom_an_incident_is_about(session: Session, person: MakePerson) -> None:
    an_incident(session)
    assert "张三" not in render(gather(session, person(Role.LEADER), SPAN, at=NOON), ZONE)


def test_a_city_reports_nothing_of_its_neighbour(session: Session, person: MakePerson) -> None:
    an_incident(session, "440100"), an_incident(session, "440300")
    report = gather(session, person(Role.LEADER, "440100"), SPAN, at=NOON)
    assert [case.incident.org for case in report.cases] == ["440100"]


@pytest.mark.parametrize(("lang", "title"), [("zh", "数据安全态势报告"), ("en", "posture report")])
def test_it_stands_by_itself_in_either_language(session: Session, person: MakePerson, lang: str, title: str) -> None:
    with speaking(lang):
        text = render(gather(session, person(Role.LEADER), SPAN, at=NOON), ZONE)
    assert title in text
    assert not re.search(r"(?:src|href)=|url\(|https?://|@import", text)
