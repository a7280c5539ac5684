"""An own correlation as it is written: what is wrong with it is named, its live count is what soc rules test says, its page."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_within, tag_of
from detectors.sigma.own.naming import MOST_BELOW, idle_of
from detectors.sigma.own.service import TABLES
from detectors.sigma.own.trial import problems_here, trial_of
from detectors.sigma.own.trying import Count, counted
from detectors.sigma.rules import LIBRARY, read_file
from detectors.sigma.service import keep_library, switch
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.logstore.delta import DeltaLogStore
from soc.logstore.query import Scope
from soc.text import speaking
from soc.versions.service import FaultyBodyError
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.conftest import NOON, MakePerson
from tests.detectors.sigma.own.correlating import FAILED_ID, GUESSED, GUESSED_ID, enact, entry
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, STRANGER
from tests.detectors.sigma.streaming import (
    BOTH,
    COUNTED,
    DONE,
    FAILED,
    NESTED,
    ORDERED,
    VALUES,
    Stream,
    a_folder,
    login,
)
from tests.detectors.sigma.test_watching import failures

__all__ = ["api", "app", "client", "sign_in"]
CHINA = ZoneInfo("Asia/Shanghai")
HX = {"HX-Request": "true"}
SHARED_NAMES = [str(read_file(LIBRARY / name)[0].id) for name in ("dump_tool.yml", "rights_widened.yml")]


@pytest.fixture
def here(database: Database) -> Stream:
    return Stream(database, open_store(database.settings), org=CITY)


def itself(number: int, called: str, below: str) -> str:
    """A correlation that stands on another."""
    return (
        NESTED.replace("000000000007", f"0000000000{number:02d}")
        .replace("nested", called)
        .replace("[guessing, done]", below)
    )


#: a condition in words that nobody could walk to its end
DEEP = BOTH.replace("rules: [failed, done], ", "").replace("20s", "20s, condition: " + "not " * 5000 + "failed")


@pytest.mark.parametrize(
    ("entries", "code", "said"),
    [
        ([COUNTED.replace("[failed]", "[nobody]")], "correlation", "no rule called nobody"),
        ([COUNTED.replace("[failed]", "[]")], "names_nothing", "name its rules"),
        ([COUNTED.replace("[failed]", "[3]")], "names_nothing", "name its rules"),
        ([COUNTED.replace("[actor.user.name]", "[actor.user.nam]")], "field", "actor.user.nam"),
        ([COUNTED.replace("[actor.user.name]", "[guanlan.tokens]")], "field", "guanlan.tokens"),
        ([VALUES.replace("field: src_endpoint.ip", "field: [[a], 5]")], "names_nothing", "fields"),
        ([COUNTED.replace("60s", "90d")], "window", "31 days"),
        ([COUNTED.replace("60s", "a while")], "invalid", "Timespan"),
        ([COUNTED.replace("[failed]", "[guessing]")], "correlation", "leads back to itself"),
        ([itself(1, "one", "[two]"), itself(2, "two", "[three]"), itself(3, "three", "[one]")], "correlation", "leads back"),
        ([FAILED, COUNTED.replace("[failed]", f"[{', '.join(['failed'] * (MOST_BELOW + 1))}]")], "correlation", "too many rules"),
        (
            [FAILED, *(itself(n, f"step{n}", f"[step{n + 1}]" if n < 40 else "[failed]") for n in range(10, 41))],
            "correlation",
            "20 levels",
        ),
        ([ORDERED.replace("timespan: 20s", "timespan: 20s, condition: failed and done")], "unsupported", "not matched"),
        ([DEEP], "invalid", "recursion"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_named_and_becomes_no_draft(
    database: Database, person: MakePerson, entries: list[str], code: str, said: str
) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session, pytest.raises(FaultyBodyError) as raised:
        TABLES.edit(session, author, CITY, {"title": "own", "rules": [entry(one) for one in entries]})
    found = {(one.code, said in _english(one)) for one in raised.value.problems}
    assert (f"own_rules.problem.{code}", True) in found


def _english(problem: Any) -> str:
    with speaking("en"):
        return str(problem.text())


def test_a_rule_at_rest_or_taken_out_that_a_correlation_names_is_refused_by_the_correlations_title(
    database: Database, person: MakePerson
) -> None:
    enact(database, CITY, entry(FAILED), entry(COUNTED))
    author = person(Role.POLICY, CITY)
    for entries in ([entry(FAILED, off="loud"), entry(COUNTED)], [entry(COUNTED)]):
        with database.write() as session, pytest.raises(FaultyBodyError) as raised:
            TABLES.edit(session, author, CITY, {"title": "own", "rules": entries})
        (problem,) = raised.value.problems
        assert (problem.code, problem.params["title"]) == ("own_rules.problem.correlation", "Guessed")
    with database.write() as session:
        TABLES.edit(
            session, author, CITY, {"title": "", "rules": [entry(FAILED, off="loud"), entry(COUNTED, off="loud")]}
        )


def test_a_shared_rule_that_is_switched_off_here_above_or_for_all_cannot_be_named(
    database: Database, person: MakePerson, here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    assert problems(database, COUNTED) == []
    enact(database, PROVINCE, {"id": FAILED_ID, "off": "a scanner"})
    assert problems(database, COUNTED) == ["own_rules.problem.names_off"]
    enact(database, PROVINCE)
    with database.write() as session:
        switch(session, operator_actor(session), FAILED_ID, enabled=False, why="noise")
    assert problems(database, COUNTED) == ["own_rules.problem.names_off"]


def problems(database: Database, text: str, *entries: dict[str, Any]) -> list[str]:
    with database.read() as session:
        return [one.code for one in problems_here(session, CITY, {"rules": list(entries)}, text)]


def test_a_shared_rule_that_cannot_be_matched_is_named_with_its_reason(
    database: Database, here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, COUNTED.replace("guessing", "broken").replace("0003", "0004")))
    text = COUNTED.replace("[failed]", "[broken]")
    with database.read() as session:
        (problem,) = problems_here(session, CITY, {"rules": []}, text)
    assert (problem.code, "no such rule" in problem.params["reason"]) == ("own_rules.problem.names_unmatched", True)


def test_it_may_name_rules_of_the_tiers_above_and_not_those_below(database: Database) -> None:
    enact(database, COUNTY, entry(FAILED))
    assert problems(database, COUNTED) == ["own_rules.problem.names_unknown"]
    enact(database, PROVINCE, entry(FAILED))
    assert problems(database, COUNTED) == []


def test_what_the_tier_above_takes_away_idles_it_and_its_page_says_why(sign_in: SignIn, database: Database) -> None:
    enact(database, PROVINCE, entry(FAILED))
    enact(database, CITY, entry(COUNTED))
    page = f"/rules/own/show/{GUESSED}?lang=en"
    author = sign_in(Role.POLICY, CITY)
    assert "Not looked for" not in author.get(page).text
    enact(database, PROVINCE)
    with database.read() as session:
        assert GUESSED in idle_of(session, own_within(session, CITY))
    for shown in (author.get(page).text, author.get("/rules/own/?lang=en").text):
        assert "Not looked for" in shown
        assert "There is no rule called failed" in shown
    below = sign_in(Role.POLICY, COUNTY).get("/rules/own/?lang=en").text
    assert "There is no rule called failed" in below


def test_every_shared_correlation_can_be_copied_as_ones_own(database: Database, person: MakePerson) -> None:
    from detectors.sigma.own.service import copied, write

    author = person(Role.POLICY, CITY)
    with database.write() as session:
        keep_library(session, operator_actor(session))
        several = [one.id for one in read_library() if one.correlation is not None]
        for rule_id in several:
            write(session, author, CITY, copied(session, str(rule_id)))
    assert len(several) >= 14


def read_library() -> list[Any]:
    from detectors.sigma.rules import read_rules

    return read_rules(LIBRARY)


def count(database: Database, store: Any, text: str, *orgs: str, beside: tuple[str, ...] = ()) -> Count:
    with database.read() as session:
        trial = trial_of(session, CITY, {"rules": [entry(one) for one in beside]}, text)
    return counted(store, trial, Scope.of(orgs or (CITY,)), NOON + timedelta(hours=1), 7, CHINA)


def test_a_live_count_is_of_windows_within_each_organisation(database: Database, here: Stream) -> None:
    here.store_only(failures(0, 10), batch="a")
    Stream(database, here.store, org=COUNTY).store_only(failures(20, 30, 40, first=5), batch="b")
    Stream(database, here.store, org=STRANGER).store_only(failures(0, 1, 2, first=9), batch="c")
    here.store.refresh()
    found = count(database, here.store, COUNTED, CITY, COUNTY, beside=(FAILED,))
    assert (found.read, found.below, found.hits, found.alerts) == (5, 5, 3, 1)
    assert [one.hits for one in found.days if one.hits] == [3]
    assert {one.org for one in found.first} == {COUNTY}


def test_a_live_count_says_how_many_events_its_rules_hit_though_none_fulfil_it(
    database: Database, here: Stream
) -> None:
    here.store_only(failures(0, 100, 200), batch="a")
    here.store.refresh()
    found = count(database, here.store, COUNTED, beside=(FAILED,))
    assert (found.below, found.hits, found.alerts, found.first) == (3, 0, 0, ())


def test_a_filter_of_all_narrows_the_live_count_as_it_narrows_what_comes_in(
    database: Database, here: Stream, tmp_path: Path
) -> None:
    probe = """title: The probe may fail
id: 21111111-0000-4000-8000-000000000008
logsource: {category: authentication}
filter:
    rules: [failed]
    selection: {actor.user.name: probe}
    condition: not selection
"""
    here.keep(a_folder(tmp_path, FAILED, probe))
    here.store_only(failures(0, 1, 2, user="probe") + failures(0, 1, 2, first=5), batch="a")
    here.store.refresh()
    assert count(database, here.store, COUNTED).hits == 3


TOLD = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from(["eve", "bob"]), st.booleans(), st.integers(1, 3)),
    min_size=1,
    max_size=10,
)
ALL = (FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, NESTED)


@pytest.fixture
def fresh(database: Database) -> Any:
    """Give stores one after another."""

    def make() -> Stream:
        made.append(1)
        home = database.settings.home / f"store-{len(made)}"
        home.mkdir(parents=True)
        return Stream(database, DeltaLogStore(home), org=CITY)

    made: list[int] = []
    return make


@given(told=TOLD)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_live_count_is_what_the_file_says(fresh: Any, tmp_path: Path, told: list[Any]) -> None:
    stream: Stream = fresh()
    events = [login(n, at, who, ok, **{"src_endpoint.ip": f"10.0.0.{ip}"}) for n, (at, who, ok, ip) in enumerate(told)]
    stream.store_only(events, batch="a")
    stream.store.refresh()
    by_file = stream.by_file(a_folder(tmp_path, *ALL))
    for text in ALL[2:]:
        found = count(stream.database, stream.store, text, beside=tuple(one for one in ALL if one != text))
        said = by_file.get(entry(text)["id"], set())
        assert (found.hits, {one.uid for one in found.first}) == (len(said), said)


def test_the_editor_counts_it_with_what_stands_in_the_draft(sign_in: SignIn, database: Database) -> None:
    author = sign_in(Role.POLICY, CITY)
    said = author.send("/rules/own/try?lang=en", {"text": COUNTED}, headers=HX).text
    assert "There is no rule called failed" in said
    assert author.send("/rules/own/keep", {"text": FAILED}).status_code == 302
    said = author.send("/rules/own/try?lang=en", {"text": COUNTED}, headers=HX).text
    assert [
        word
        for word in ("can be matched", "Events its rules hit", "Failed login", "actor.user.name")
        if word not in said
    ] == []
    assert author.send("/rules/own/keep", {"text": COUNTED}).status_code == 302


def test_a_field_that_is_none_of_ours_is_named_in_the_editor(sign_in: SignIn, database: Database) -> None:
    author = sign_in(Role.POLICY, CITY)
    author.send("/rules/own/keep", {"text": FAILED})
    text = COUNTED.replace("[actor.user.name]", "[branch]")
    assert "beyond them: branch" in author.send("/rules/own/try?lang=en", {"text": text}, headers=HX).text


def test_its_page_says_what_it_cost_when_it_hit_last_and_how_it_was_judged(
    sign_in: SignIn, database: Database, here: Stream
) -> None:
    enact(database, CITY, entry(FAILED), entry(COUNTED))
    here.take(failures(0, 10, 20), batch="a")
    here.look()
    analyst = sign_in(Role.ANALYST, CITY)
    shown = analyst.get(f"/rules/of/{GUESSED}?lang=en").text
    assert [
        word
        for word in (
            "Guessed",
            "Last hit",
            "Version 1",
            "Stands on",
            "Failed login",
            tag_of(CITY, FAILED_ID),
            "for 3 events",
        )
        if word not in shown
    ] == []
    assert "data-chart" in analyst.get(f"/alerts/rules/own/{GUESSED}").text
    writer = sign_in(Role.POLICY, CITY).get(f"/rules/own/show/{GUESSED}?lang=en").text
    assert (f"/rules/own/show/{tag_of(CITY, FAILED_ID)}" in writer, "/rules/of/" in writer) == (True, False)
    below = sign_in(Role.ANALYST, COUNTY).get(f"/rules/of/{GUESSED}?lang=en").text
    assert "Last hit" not in below
    assert sign_in(Role.ANALYST, STRANGER).get(f"/rules/of/{GUESSED}").status_code == 404
    quiet = analyst.get(f"/rules/of/{tag_of(CITY, FAILED_ID)}?lang=en").text
    assert "raises nothing by itself" in quiet


def test_scripts_count_it_and_are_told_what_is_wrong(api: Api, database: Database, here: Stream) -> None:
    enact(database, PROVINCE, entry(FAILED))
    script = api("policies.write", org=CITY)
    url = "/api/v1/detection-rules/count"
    told = script.post(url, json={"text": COUNTED}).get_json()
    assert (told["problems"], told["count"]["below"], told["count"]["hits"]) == ([], 0, 0)
    told = script.post(url, json={"text": COUNTED.replace("[failed]", "[done]")}).get_json()
    assert (told["count"], told["problems"][0]["code"]) == (None, "own_rules.problem.names_unknown")
    order = {"document": {"title": "", "rules": [entry(COUNTED.replace("[failed]", "[done]"))]}, "reason": "x"}
    refused = script.post("/api/v1/detection-rules/versions", json=order)
    assert (refused.status_code, "rules/0/text" in refused.text) == (422, True)


def test_the_list_of_shared_rules_offers_correlations_to_switch_off(
    sign_in: SignIn, database: Database, here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, FAILED, COUNTED))
    author = sign_in(Role.POLICY, CITY)
    assert GUESSED_ID in author.get("/rules/own/", query_string={"q": "Guessed"}).text
    assert author.send("/rules/own/off", {"name": GUESSED_ID, "why": "a scanner"}).status_code == 302


def test_kept_rules_are_read_as_they_are_for_the_own_ones(database: Database) -> None:
    with database.write() as session:
        keep_library(session, operator_actor(session))
        assert session.query(DetectionRule).count() > 100
    assert problems(database, BOTH.replace("[failed, done]", f"[{', '.join(SHARED_NAMES)}]")) == []


def test_the_page_of_a_shared_correlation_leads_to_what_it_stands_on_and_says_where_that_is_off(
    sign_in: SignIn, database: Database, here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, FAILED, COUNTED))
    with database.read() as session:
        pages = {row.rule_id: f"/rules/{row.id}" for row in session.scalars(select(DetectionRule))}
    enact(database, CITY, {"id": FAILED_ID, "off": "a scanner"})
    shown = {
        org: sign_in(Role.ANALYST, org).get(f"{pages[GUESSED_ID]}?lang=en").text for org in (CITY, COUNTY, STRANGER)
    }
    assert {pages[FAILED_ID] in text for text in shown.values()} == {True}
    assert ["switched off for this organisation" in shown[org] for org in (CITY, COUNTY, STRANGER)] == [
        True,
        True,
        False,
    ]


def test_a_rule_of_single_events_with_a_key_of_that_name_is_one_of_single_events(
    sign_in: SignIn, database: Database
) -> None:
    author = sign_in(Role.POLICY, CITY)
    text = FAILED + "correlation: {type: event_count}\n"
    assert "can be matched" in author.send("/rules/own/try?lang=en", {"text": text}, headers=HX).text
    enact(database, CITY, entry(text))
    assert author.get(f"/rules/own/show/{tag_of(CITY, FAILED_ID)}").status_code == 200
