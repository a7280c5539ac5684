"""The page of one own rule: for its organisation, those below and those above, in figures that are theirs; a stranger finds none."""

from dataclasses import replace

import pytest

from detectors.sigma.findings import raise_hits
from detectors.sigma.stage import tag_hits
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.logstore import open_store
from soc.room import BatchContext
from tests.browsing import SignIn, api, app, client, sign_in
from tests.conftest import add_test_person
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, RULE_ID, STRANGER, TAG, TEXT, own, put_in_force
from tests.detectors.sigma.test_stage import an_event, frame_of

__all__ = ["api", "app", "client", "sign_in"]
PAGE, OF_WRITERS, RECORD = f"/rules/of/{TAG}", f"/rules/own/show/{TAG}", f"/alerts/rules/own/{TAG}"
SAID = TEXT.replace("level:", "description: Nobody works then.\nlevel:")


def stand(database: Database, *entries: dict[str, object]) -> None:
    """Put a document of these entries in force at the city."""
    with database.write() as session:
        author, second = (
            actor_of(session, add_test_person(session, role, CITY)) for role in (Role.POLICY, Role.COMMANDER)
        )
        put_in_force(session, author, second, CITY, *entries)


def hit(database: Database, org: str) -> None:
    """One event of an organisation that the rule hits."""
    context = BatchContext(
        database=database, settings=database.settings, store=open_store(database.settings), org=org, log_name="pgaudit"
    )
    line = an_event("dump_tool", {"guanlan.org": org, "actor.app_name": "nightshift", "metadata.uid": f"u-{org}"})
    raise_hits(context, tag_hits(replace(context, org=org), frame_of(line)))


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("夜班工具", "第 1 版", "最近命中")), ("en", ("Tool of", "Version 1", "Last hit"))]
)
def test_it_says_what_it_means_since_when_it_stands_and_what_it_hit(
    sign_in: SignIn, database: Database, lang: str, words: tuple[str, ...]
) -> None:
    stand(database, own(SAID))
    hit(database, CITY)
    text = sign_in(Role.ANALYST, CITY).get(PAGE, headers={"Accept-Language": lang}).text
    assert [word for word in (*words, "Nobody works then.", "# the comment stays", RECORD) if word not in text] == []


@pytest.mark.parametrize(("org", "status"), [(CITY, 200), (COUNTY, 200), (PROVINCE, 200), (STRANGER, 404)])
def test_it_is_found_where_it_holds_and_above_and_by_no_stranger(
    sign_in: SignIn, database: Database, org: str, status: int
) -> None:
    stand(database, own())
    analyst, author = sign_in(Role.ANALYST, org), sign_in(Role.POLICY, org)
    assert {analyst.get(path).status_code for path in (PAGE, RECORD)} == {status}
    assert author.get(OF_WRITERS).status_code == status


def test_below_neither_the_neighbours_hits_are_counted_nor_is_it_changed(sign_in: SignIn, database: Database) -> None:
    stand(database, own())
    hit(database, CITY)
    shown = sign_in(Role.POLICY, CITY).get(f"{OF_WRITERS}?lang=en").text
    below = sign_in(Role.POLICY, COUNTY).get(f"{OF_WRITERS}?lang=en").text
    assert ("Last hit" in shown, f"/rules/own/edit?name={RULE_ID}" in shown) == (True, True)
    assert ("Last hit" in below, f"/rules/own/edit?name={RULE_ID}" in below) == (False, False)


def test_its_record_is_of_the_readers_scope(sign_in: SignIn, database: Database) -> None:
    stand(database, own())
    hit(database, CITY)
    assert "data-chart" in sign_in(Role.ANALYST, CITY).get(RECORD).text
    assert "data-chart" not in sign_in(Role.ANALYST, COUNTY).get(RECORD).text


def test_one_at_rest_says_why_and_one_taken_out_is_gone(sign_in: SignIn, database: Database) -> None:
    stand(database, own(off="夜间停机"))
    browser = sign_in(Role.ANALYST, CITY)
    assert "夜间停机" in browser.get(PAGE).text
    stand(database)
    assert browser.get(PAGE).status_code == 404


@pytest.mark.parametrize("tag", ["own_", f"own_{CITY}_other", f"own_999999_{RULE_ID}", RULE_ID, "own_x_y'--"])
def test_a_name_that_is_none_is_not_found(sign_in: SignIn, database: Database, tag: str) -> None:
    stand(database, own())
    assert sign_in(Role.ANALYST, CITY).get(f"/rules/of/{tag}").status_code == 404


def test_the_list_of_own_rules_leads_to_it(sign_in: SignIn, database: Database) -> None:
    stand(database, own())
    assert OF_WRITERS in sign_in(Role.POLICY, CITY).get("/rules/own/").text
