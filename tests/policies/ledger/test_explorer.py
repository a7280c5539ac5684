"""The explorer: what its facets and its tree count, what a search and a filter leave, and the map of domains."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from policies.ledger.map import By, by_domain
from policies.ledger.treemap import squarified
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.levels import Level
from tests.browsing import SignIn, app, client, sign_in
from tests.soc.ledger.made import CITY, COUNTY, OTHER, PEOPLE, a_source, scanned

__all__ = ["app", "client", "sign_in"]


@pytest.fixture
def filled(database: Database) -> None:
    """Five items of Guangzhou's, five of a county below it, three of Shenzhen's."""
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, CITY, "运政库"))
        scanned(session, actor, a_source(session, actor, database.settings, COUNTY, "县库"))
        scanned(session, actor, a_source(session, actor, database.settings, OTHER, "别处库"), PEOPLE)


@pytest.fixture
def page(sign_in: SignIn, filled: None) -> Callable[[str], str]:
    """The explorer as an owner in Guangzhou sees it."""
    reader = sign_in(Role.OWNER, CITY)
    return lambda query: reader.get(f"/ledger/{query}", headers={"Accept-Language": "en"}).text


def count_of(text: str, label: str) -> int | None:
    """What the left column says of a value; None where it does not name it."""
    told = text.partition(f'aria-label="{label}, ')[2].partition(" items")[0]
    return int(told) if told else None


def test_a_facet_counts_what_the_reader_sees_and_nothing_of_a_centre_beside(page: Callable[[str], str]) -> None:
    text = page("")
    assert count_of(text, "运政库") == 5
    assert count_of(text, "县库") == 5
    assert "别处库" not in text


def test_a_facet_counts_under_the_other_filters_and_not_under_its_own(page: Callable[[str], str]) -> None:
    text = page("?type=mobile")
    assert count_of(text, "运政库") == 2
    assert count_of(text, "Mobile number") == 4
    assert count_of(text, "Resident ID") == 2
    assert "resident" not in text.partition('class="explore-list"')[2].lower()


def test_the_tree_counts_what_lies_below_and_an_organisation_narrows_the_list(page: Callable[[str], str]) -> None:
    text = page(f"?org={COUNTY}")
    assert "县库" in text.partition('class="explore-list"')[2]
    assert "运政库" not in text.partition('class="explore-list"')[2]


def test_an_organisation_or_source_outside_is_no_filter(sign_in: SignIn, filled: None) -> None:
    assert sign_in(Role.OWNER, CITY).get(f"/ledger/?org={OTHER}").status_code == 422


def test_what_was_never_said_is_a_value_too(page: Callable[[str], str]) -> None:
    assert "sharing=unset" in page("")
    assert "phone" in page("?sharing=unset").partition('class="explore-list"')[2]
    assert "nothing" in page("?sharing=none").lower()


@pytest.mark.parametrize("by", ["items", "persons"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_shows_in_both_languages(sign_in: SignIn, filled: None, by: str, lang: str) -> None:
    answer = sign_in(Role.LEADER, CITY).get(f"/ledger/map?by={by}", headers={"Accept-Language": lang})
    assert answer.status_code == 200


def test_a_tile_leads_to_the_items_that_it_counts(sign_in: SignIn, filled: None, database: Database) -> None:
    reader = sign_in(Role.OWNER, CITY)
    assert "/ledger/?domain=ZY" in reader.get("/ledger/map").text
    with database.read() as session:
        counted = by_domain(session, operator_actor(session), By.ITEMS)
    assert sum(counted.values()) == 13
    assert {level for _, level in counted} <= set(Level)


def test_the_map_knows_no_other_areas(sign_in: SignIn) -> None:
    assert sign_in(Role.OWNER, CITY).get("/ledger/map?by=rows").status_code == 422


def test_boxes_fill_their_field_by_share_and_do_not_overlap() -> None:
    values = [("a", 6.0), ("b", 6.0), ("c", 4.0), ("d", 3.0), ("e", 2.0), ("f", 2.0), ("g", 1.0), ("none", 0.0)]
    boxes = {box.key: box for box in squarified(values, 0, 0, 600, 400)}
    assert "none" not in boxes
    for key, value in values[:-1]:
        assert boxes[key].width * boxes[key].height == pytest.approx(value * 10_000)
        assert max(boxes[key].width / boxes[key].height, boxes[key].height / boxes[key].width) < 4
    for one in boxes.values():
        for other in boxes.values():
            apart = (
                one.x + one.width <= other.x + 1e-6 or other.x + other.width <= one.x + 1e-6
                or one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6
            )  # fmt: skip
            assert one is other or apart


def test_what_the_address_says_stays_in_every_link_of_the_left_column(page: Callable[[str], str]) -> None:
    side = page("?type=mobile&sort=-rows").partition('class="explore-side"')[2].partition("</aside>")[0]
    links = [parse_qs(urlsplit(unescape(found)).query) for found in re.findall(r'<a href="([^"]+)"', side)]
    assert len(links) > 5
    assert not [one for one in links if one.get("sort") != ["-rows"]]
    assert [one for one in links if one.get("type") != ["mobile"]]
    assert [one for one in links if one.get("type") == ["mobile"] and "level" in one]
