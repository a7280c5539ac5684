"""The confirm queue on pages: each key's button, what it answers, what it teaches, and nobody else's items."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem
from soc.ledger.opinions import LedgerLesson
from tests.browsing import Browser, SignIn
from tests.soc.ledger.made import CITY, OTHER, PROVINCE, a_source, column, scanned, table

HX = {"HX-Request": "true"}
PHONE = {"evidence": {"shape": "99999999999", "filled": 300, "distinct": 280, "matched": 0.93, "name": 0.85}}
PEOPLE = table("public.people", column("sfzh", "resident_id"), column("lxdh", "mobile", **PHONE))
FIRMS = table("public.firms", column("lxdh1", "mobile", **PHONE), column("fax", "mobile"))


@pytest.fixture
def ids(database: Database) -> dict[str, str]:
    """Items of Guangzhou's that wait, by name."""
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings), PEOPLE, FIRMS)
        return {item.name: str(item.id) for item in session.scalars(select(LedgerItem))}


@pytest.fixture
def owner(sign_in: SignIn, ids: dict[str, str]) -> Browser:
    """An owner of Guangzhou's, signed in."""
    return sign_in(Role.OWNER, CITY)


def state(database: Database, name: str) -> tuple[str | None, str, ItemStatus]:
    with database.read() as session:
        item = session.scalars(select(LedgerItem).where(LedgerItem.name == name)).one()
        return item.type, item.level.value, item.status


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/ledger/queue", "/ledger/lessons", "/ledger/precision"])
def test_every_page_shows_in_both_languages(owner: Browser, path: str, lang: str) -> None:
    page = owner.get(path, headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert f'<html lang="{lang}' in page.text


def test_a_line_says_in_words_what_speaks_for_the_finding(owner: Browser) -> None:
    page = owner.get("/ledger/queue").text
    assert "看了 300 个非空值，其中不同的 280 个。" in page
    assert "93% 形如手机号。" in page


def test_accepting_answers_with_the_decided_line_and_the_new_count(
    owner: Browser, database: Database, ids: dict[str, str]
) -> None:
    answer = owner.send(f"/ledger/queue/{ids['fax']}/accept", headers=HX)
    assert answer.status_code == 200
    assert f'id="q-{ids["fax"]}"' in answer.text
    assert "data-done" in answer.text
    assert '<span id="queue-left" hx-swap-oob="true">3</span>' in answer.text
    assert state(database, "fax")[2] is ItemStatus.CONFIRMED


def test_without_scripts_the_buttons_lead_back_to_the_queue(owner: Browser, ids: dict[str, str]) -> None:
    answer = owner.send(f"/ledger/queue/{ids['fax']}/accept")
    assert (answer.status_code, answer.location) == (302, "/ledger/queue")


@pytest.mark.parametrize("form", ["correct", "split", "not_sensitive"])
def test_a_form_unfolds_under_its_line(owner: Browser, ids: dict[str, str], form: str) -> None:
    answer = owner.get(f"/ledger/queue/{ids['fax']}?form={form}", headers=HX)
    assert f'data-form="{form}"' in answer.text


def test_an_unknown_form_is_refused(owner: Browser, ids: dict[str, str]) -> None:
    assert owner.get(f"/ledger/queue/{ids['fax']}?form=x").status_code == 422


def test_a_correction_takes_the_level_of_its_type_unless_one_is_named(
    owner: Browser, database: Database, ids: dict[str, str]
) -> None:
    owner.send(f"/ledger/queue/{ids['fax']}/correct", {"type": "landline", "level": ""}, headers=HX)
    assert state(database, "fax") == ("landline", "G2", ItemStatus.CORRECTED)
    owner.send(f"/ledger/queue/{ids['lxdh']}/correct", {"type": "landline", "level": "G4"}, headers=HX)
    assert state(database, "lxdh")[1] == "G4"


def test_a_correction_shows_as_a_proposal_on_lines_of_the_same_pattern(
    owner: Browser, database: Database, ids: dict[str, str]
) -> None:
    owner.send(f"/ledger/queue/{ids['lxdh']}/correct", {"type": "landline"}, headers=HX)
    page = owner.get("/ledger/queue?opinion=lesson").text
    assert "按更正经验" in page
    assert "public.people.lxdh" in page
    assert "现为 手机号" in page
    owner.send(f"/ledger/queue/{ids['lxdh1']}/accept", headers=HX)
    assert state(database, "lxdh1")[0] == "landline"


def test_a_proposal_may_be_declined(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    owner.send(f"/ledger/queue/{ids['lxdh']}/correct", {"type": "landline"}, headers=HX)
    owner.send(f"/ledger/queue/{ids['lxdh1']}/keep", headers=HX)
    assert state(database, "lxdh1") == ("mobile", "G3", ItemStatus.CONFIRMED)


def test_not_sensitive_keeps_its_reason_in_the_history(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    form = {"reason": "lookalike", "why": "流水号"}
    owner.send(f"/ledger/queue/{ids['fax']}/not_sensitive", form, headers=HX)
    assert state(database, "fax") == (None, "G1", ItemStatus.CORRECTED)
    page = owner.get(f"/ledger/{ids['fax']}").text
    assert "形似而非" in page
    assert "流水号" in page


def test_what_is_wrong_with_a_form_stands_in_the_line(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    answer = owner.send(f"/ledger/queue/{ids['fax']}/not_sensitive", {"reason": "other"}, headers=HX)
    assert 'role="alert"' in answer.text
    assert 'data-form="not_sensitive"' in answer.text
    assert state(database, "fax")[2] is ItemStatus.PROPOSED


@pytest.mark.parametrize(
    "form", [{"type": "nonsense"}, {"type": "mobile", "level": "I"}, {"type": "mobile", "org": OTHER}, {}]
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    owner: Browser, database: Database, ids: dict[str, str], form: dict[str, str]
) -> None:
    answer = owner.send(f"/ledger/queue/{ids['fax']}/correct", form)
    assert answer.status_code == 422
    assert state(database, "fax")[2] is ItemStatus.PROPOSED


def test_a_split_is_shown_part_by_part(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    form = {"type_0": "mobile", "type_1": "landline", "pattern_1": r"^0\d+$"}
    answer = owner.send(f"/ledger/queue/{ids['fax']}/split", form, headers=HX)
    assert "手机号 | 固定电话" in " ".join(answer.text.split())
    assert state(database, "fax") == ("mobile", "G3", ItemStatus.CORRECTED)


def test_lines_of_one_pattern_are_accepted_together(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    assert "接受同模式 2 项" in owner.get("/ledger/queue").text
    answer = owner.send(f"/ledger/queue/{ids['lxdh']}/alike", headers=HX)
    assert answer.text.count("data-done") == 2
    assert state(database, "lxdh1")[2] is ItemStatus.CONFIRMED


def test_undo_brings_the_line_back(owner: Browser, database: Database, ids: dict[str, str]) -> None:
    owner.send(f"/ledger/queue/{ids['fax']}/correct", {"type": "landline"}, headers=HX)
    answer = owner.send("/ledger/queue/undo", headers=HX)
    assert f'id="q-{ids["fax"]}"' in answer.text
    assert "data-done" not in answer.text
    assert state(database, "fax") == ("mobile", "G3", ItemStatus.PROPOSED)
    with database.read() as session:
        causes = list(session.scalars(select(LedgerChange.cause).order_by(LedgerChange.at, LedgerChange.id)))
    assert causes == ["corrected", "undone"]


def test_nothing_to_undo_is_said(owner: Browser) -> None:
    assert owner.send("/ledger/queue/undo", headers=HX).status_code == 409


def test_a_stranger_decides_nothing(sign_in: SignIn, database: Database, ids: dict[str, str]) -> None:
    stranger = sign_in(Role.OWNER, OTHER)
    for act in ("accept", "keep", "alike", "correct", "not_sensitive", "split"):
        form = {"type": "landline"} if act == "correct" else {"reason": "public"} if act == "not_sensitive" else {}
        assert stranger.send(f"/ledger/queue/{ids['fax']}/{act}", form, headers=HX).status_code == 404
    assert state(database, "fax")[2] is ItemStatus.PROPOSED


def test_a_centre_above_passes_a_lesson_on(
    sign_in: SignIn, owner: Browser, database: Database, ids: dict[str, str]
) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, OTHER), FIRMS)
    owner.send(f"/ledger/queue/{ids['lxdh']}/correct", {"type": "landline"}, headers=HX)
    shenzhen, province = sign_in(Role.OWNER, OTHER), sign_in(Role.POLICY, PROVINCE)
    assert "固定电话" not in shenzhen.get("/ledger/queue").text.split("data-queue")[1]
    assert "lxdh" not in shenzhen.get("/ledger/lessons").text
    with database.read() as session:
        lesson = session.scalars(select(LedgerLesson.id)).one()
    assert province.send(f"/ledger/lessons/{lesson}/take_on").status_code == 302
    page = shenzhen.get("/ledger/queue").text
    assert "按上级推广的更正经验" in page
    # where it was learnt is a neighbour's, and is not named
    assert "public.people" not in page


def test_precision_shows_each_recognizer_and_the_chart(owner: Browser, ids: dict[str, str]) -> None:
    owner.send(f"/ledger/queue/{ids['sfzh']}/accept", headers=HX)
    owner.send(f"/ledger/queue/{ids['fax']}/correct", {"type": "landline"}, headers=HX)
    owner.send(f"/ledger/queue/{ids['lxdh']}/accept", headers=HX)
    page = owner.get("/ledger/precision").text
    assert "66.7%" in page
    assert "50.0%" in page
    assert "data-chart" in page


def test_precision_counts_nothing_of_others(sign_in: SignIn, owner: Browser, ids: dict[str, Any]) -> None:
    owner.send(f"/ledger/queue/{ids['sfzh']}/accept", headers=HX)
    assert "还没有答复可以统计" in sign_in(Role.OWNER, OTHER).get("/ledger/precision").text
