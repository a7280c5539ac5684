"""Tables: what the URL says is what is shown."""

from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from soc.errors import InputError
from soc.identity.actor import Role
from soc.identity.models import Person, PersonRole
from soc.tiers.models import Organisation
from soc.web.paging import page_of, with_args
from soc.web.tables import Choice, Column, Filter, TableSpec
from tests.conftest import add_test_person

TABLE = TableSpec(
    "people",
    (Column("name", "word.name", Person.username), Column("org", "word.organisation", Person.org), Column("do", "")),
    default_sort="name",
    filters=(
        Filter(
            "role",
            "word.role",
            lambda: [Choice("analyst", "A"), Choice("leader", "L")],
            lambda value: Person.roles.any(PersonRole.role == Role(value)),
        ),
    ),
    search=lambda text: Person.username.icontains(text, autoescape=True),
    page_size=2,
)


@pytest.fixture
def people(session: Session) -> Session:
    for name, role, org in (
        ("ann", Role.ANALYST, "440100"),
        ("bob", Role.LEADER, "440100"),
        ("cy%", Role.ANALYST, "440300"),
        ("dan", Role.OWNER, "440300"),
        ("eve", Role.LEADER, "440000"),
    ):
        add_test_person(session, role, org, name)
    return session


def names(session: Session, query: str = "") -> list[str]:
    return [person.username for person in page(session, query).rows]


def page(session: Session, query: str = ""):  # type: ignore[no-untyped-def]
    args: MultiDict[str, str] = MultiDict(parse_qsl(query))
    return page_of(select(Person), TABLE, args, session)


def test_without_arguments_the_default_order_is_shown(people: Session) -> None:
    assert names(people) == ["ann", "bob"]


def test_the_sort_stands_in_the_url(people: Session) -> None:
    assert names(people, "sort=-name") == ["eve", "dan"]


def test_equal_rows_keep_their_place_from_page_to_page(people: Session) -> None:
    seen = [name for number in "123" for name in names(people, f"sort=org&page={number}")]
    assert sorted(seen) == ["ann", "bob", "cy%", "dan", "eve"]


def test_one_filter_group_widens_and_search_narrows(people: Session) -> None:
    assert page(people, "role=analyst&role=leader").total == 4
    assert names(people, "role=analyst&role=leader&q=an") == ["ann"]


def test_a_wildcard_in_the_search_is_a_character(people: Session) -> None:
    assert names(people, "q=%") == ["cy%"]


def test_the_links_lead_to_the_neighbours(people: Session) -> None:
    middle = page(people, "page=2&sort=name")
    assert (middle.first, middle.last, middle.total) == (3, 4, 5)
    assert middle.previous_url == "?sort=name&page=1"
    assert middle.next_url == "?sort=name&page=3"
    assert page(people, "page=3").next_url is None


def test_a_chip_turns_its_own_value_only(people: Session) -> None:
    analyst, leader = page(people, "role=analyst&page=2").filter_groups[0].chips
    assert analyst.on
    assert analyst.url == "?"
    assert leader.url == "?role=analyst&role=leader"


def test_a_head_turns_the_order_round(people: Session) -> None:
    name, _, do = page(people).columns
    assert (name.sorted, name.url) == ("ascending", "?sort=-name")
    assert do.url is None


@pytest.mark.parametrize(
    "query",
    ["sort=password_hash", "sort=do", "role=god", "page=0", "page=x", "page=²", "page=999999999999", "q=" + "x" * 201],
)
def test_what_the_table_does_not_know_is_an_error_for_people(people: Session, query: str) -> None:
    with pytest.raises(InputError):
        page(people, query)


def test_a_query_of_several_columns_gives_rows(people: Session) -> None:
    joined = select(Person, Organisation.name).join(Organisation, Organisation.code == Person.org)
    person, organisation = page_of(joined, TABLE, MultiDict(), people).rows[0]
    assert (person.username, bool(organisation)) == ("ann", True)


def test_a_filter_may_not_take_a_reserved_name() -> None:
    with pytest.raises(ValueError, match="page"):
        Filter("page", "word.name", list, lambda value: Person.username == value)


def test_arguments_are_replaced_and_removed() -> None:
    assert with_args(MultiDict([("a", "1"), ("b", "2")]), a=None, b="3") == "?b=3"
