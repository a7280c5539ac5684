"""The explorer: what its facets and its tree count, what a search and a filter leave, and the map of domains."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select

from policies.grading.taxonomy import taxonomy
from policies.ledger.map import By, by_domain
from policies.ledger.treemap import squarified
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.types import category_title, groups, types
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


def values_of(text: str, query: str) -> list[tuple[str, str, int]]:
    """The values of every facet and branch of the left column: the filter, its value, and the count beside it."""
    side = text.partition('class="explore-side"')[2].partition("</aside>")[0]
    asked, found = set(parse_qsl(query)), []
    for url, count in re.findall(r'<a href="([^"]+)"[^>]* aria-label="[^"]+, ([\d,]+) items"', side):
        (turned,) = asked ^ set(parse_qsl(urlsplit(unescape(url)).query)) or {("org", CITY)}
        found.append((*turned, int(count.replace(",", ""))))
    return found


def listed(text: str) -> int:
    """How many rows the list shows; the head and the foot of the list say the same number."""
    rows = text.partition('class="explore-list"')[2].count('class="lead-cell"')
    assert f"{rows} column" in text
    return rows


@pytest.mark.parametrize(
    "query",
    ["", "type=mobile&type=plate", "kind=sensitive&status=proposed&level=G3", "q=phone", "sharing=unset&kind=other"],
)
def test_every_count_of_the_left_column_is_what_its_value_lists(page: Callable[[str], str], query: str) -> None:
    told = values_of(page(f"?{query}"), query)
    assert len(told) > 5
    for name, value, count in told:
        alone = [pair for pair in parse_qsl(query) if pair[0] != name] + [(name, value)]
        assert (name, value, count) == (name, value, listed(page("?" + urlencode(alone))))


def test_a_tile_of_persons_opens_the_tables_whose_persons_it_counts(
    sign_in: SignIn, filled: None, database: Database
) -> None:
    with database.write() as session:
        for table, persons in (("public.people", 300), ("public.cars", 40)):
            for one in session.scalars(select(LedgerTable).where(LedgerTable.name == table)):
                one.persons_low, one.persons_high = persons, persons
                one.level = Level.IMPORTANT if table == "public.people" else Level.G3
    reader = sign_in(Role.OWNER, CITY)
    text = reader.get("/ledger/map?by=persons", headers={"Accept-Language": "en"}).text
    tiles = re.findall(r'<a href="([^"]+)" aria-label="[^"]* ([\d,]+)"><title>', text)
    assert len(tiles) == 4  # two tiles, each for the wide and the narrow page
    for url, count in tiles:
        rows = reader.get(unescape(url)).text.partition('class="explore-list"')[2]
        opened = re.findall(r'href="/ledger/tables/([^"]+)"', rows)
        with database.read() as session:
            tables = session.scalars(select(LedgerTable).where(LedgerTable.id.in_({UUID(one) for one in opened})))
            assert sum(one.persons_high or 0 for one in tables) == int(count.replace(",", ""))


@pytest.mark.parametrize("sort", ["table", "-table", "source", "-rows", "column", "-confidence", "status"])
def test_every_order_shows_every_item_once(page: Callable[[str], str], sort: str) -> None:
    shown = re.findall(r'data-open="([^"]+)"', page(f"?sort={sort}").partition('class="explore-list"')[2])
    assert len(shown) == len(set(shown)) == 10


def test_the_order_by_table_goes_by_its_name(page: Callable[[str], str]) -> None:
    rows = page("?sort=table").partition('class="explore-list"')[2]
    names = re.findall(r'class="mono" href="/ledger/tables/[^"]+">([^<]+)<', rows)
    assert names == sorted(names)
    assert len(set(names)) == 2


def test_a_class_of_types_is_a_category_named_in_the_reader_s_language(
    page: Callable[[str], str], database: Database
) -> None:
    with database.write() as session:
        item_of_county = session.scalars(select(LedgerItem).where(LedgerItem.type == "resident_id")).first()
        assert item_of_county is not None
        item_of_county.category = types()["resident_id"].group
    text = page("?category=个人身份信息")
    assert count_of(text, "Personal identity") == 1
    assert listed(text) == 1


def test_everything_that_the_content_names_in_chinese_has_an_english_name() -> None:
    named = [*groups(), *(one.title for one in taxonomy())]
    assert [one for one in named if not category_title(one, "en").isascii()] == []
    assert category_title("个人身份信息", "zh") == "个人身份信息"
