"""Who was heard, and who fell silent."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.receive import heard
from audit.ingest.receive.heard import Ear, note, tell_silent
from audit.ingest.receive.models import LogSender
from detectors.findings import Finding
from incidents.alerts.models import Alert
from soc.db import Database
from soc.events import dispatch
from soc.identity.actor import Role
from soc.identity.actors import job_actor
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.receive.at_port import opened
from tests.audit.ingest.receive.test_port import in_lines, messages
from tests.browsing import Api, SignIn, api, app, client, sign_in  # noqa: F401 - fixtures
from tests.conftest import NOON

DAY = timedelta(days=1)


def silent(session: Session) -> list[str]:
    return list(session.scalars(select(LogSender.sender).where(LogSender.silent_at.is_not(None))))


def test_a_sender_that_is_not_heard_for_long_is_told_once_until_it_is_heard_again(session: Session) -> None:
    actor = job_actor(session, "ingest.silence")
    note(session, "440100", "tcp:5514", ["10.0.0.1", "10.0.0.2"], at=NOON)
    note(session, "440100", "tcp:5514", ["10.0.0.2"], at=NOON + DAY)
    late = NOON + DAY + timedelta(minutes=1)
    assert [tell_silent(session, actor, DAY, at=late) for _ in range(2)] == [1, 0]
    assert silent(session) == ["10.0.0.1"]
    note(session, "440100", "tcp:5514", ["10.0.0.1"], at=late)
    assert silent(session) == []
    assert tell_silent(session, actor, DAY, at=late + 2 * DAY) == 2


def test_silence_is_raised_as_an_alert_of_the_senders_organisation(database: Database) -> None:
    with database.write() as session:
        note(session, "440100", "tcp:5514", ["10.0.0.1"], at=NOON)
    with database.write() as session:
        tell_silent(session, job_actor(session, "ingest.silence"), DAY, at=NOON + 2 * DAY)
    for _ in range(3):
        dispatch(database)
    with database.read() as session:
        (finding,) = session.scalars(select(Finding)).all()
        (alert,) = session.scalars(select(Alert)).all()
    assert (finding.org, finding.entity_name, finding.title["key"]) == ("440100", "10.0.0.1", "receive.silent.title")
    assert alert.org == "440100"


def test_made_up_addresses_fill_no_table(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "_MOST_SENDERS", 5)
    note(session, "440100", "udp:5514", [f"10.0.0.{n}" for n in range(20)], at=NOON)
    assert len(session.scalars(select(LogSender)).all()) == 5


def test_a_sender_is_noted_now_and_then_and_not_with_each_message(database: Database) -> None:
    ear = Ear()
    ear.hear(database, "440100", "http", ["probe"])
    with database.write() as session:
        (row,) = session.scalars(select(LogSender))
        row.last_at = NOON
    ear.hear(database, "440100", "http", ["probe"])
    with database.read() as session:
        assert session.scalars(select(LogSender.last_at)).one() == NOON


def test_ports_and_senders_stand_on_the_page_of_those_they_belong_to(
    at_work: Installation,
    sign_in: SignIn,  # noqa: F811
    api: Api,  # noqa: F811
) -> None:
    with opened(at_work.database, org="440100", format="syslog") as port:
        port.send(in_lines(messages(3)))
    api("logs.write", org="440100").post("/api/v1/logs/syslog", data=in_lines(messages(1)))
    page = sign_in(Role.SYSADMIN, "440100").get("/ingest/").text
    assert f"tcp:127.0.0.1:{port.counts.name.rpartition(':')[2]}" in page
    assert "127.0.0.1" in page
    other = sign_in(Role.SYSADMIN, "440300", "other").get("/ingest/").text
    assert "127.0.0.1" not in other


def test_a_port_is_measured(at_work: Installation, client: "object") -> None:  # noqa: F811
    with opened(at_work.database, format="syslog") as port:
        port.send(in_lines(messages(3)))
    figures = client.get("/metrics").text  # type: ignore[attr-defined]
    assert f'guanlan_receiver_messages{{receiver="{port.counts.name}"}} 3.0' in figures
    assert "guanlan_ingest_silent_senders 0.0" in figures
