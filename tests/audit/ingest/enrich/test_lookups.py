"""Whose tables and accounts a record may speak of."""

import polars as pl
import pytest

from audit.ingest.enrich.lookups import Lookups
from soc.ledger.catalogue import COLUMNS

PROVINCE, CITY, COUNTY, SIBLING = "440000", "440100", "440103", "440300"
PATHS = {
    PROVINCE: "/440000/",
    CITY: "/440000/440100/",
    COUNTY: "/440000/440100/440103/",
    SIBLING: "/440000/440300/",
}


def a_column(org: str, database: str, table: str, level: str = "G3") -> tuple[object, ...]:
    rank = int(level[1])
    return (org, f"{database} of {org}", database, table, "phone", "mobile", "personal", level, rank, 90, False)


def lookups(*columns: tuple[object, ...], accounts: tuple[tuple[str, str, str, str], ...] = ()) -> Lookups:
    text = {name: pl.String() for name in COLUMNS}
    ledger = pl.DataFrame(
        list(columns),
        schema=text | {"level_rank": pl.Int32(), "rows": pl.Int64(), "masked": pl.Boolean()},
        orient="row",
    )
    schema = dict.fromkeys(("org", "name", "person", "post"), pl.String())
    return Lookups(None, ledger, pl.DataFrame(list(accounts), schema=schema, orient="row"), PATHS)


def levels(known: Lookups, org: str, database: str | None, table: str = "person") -> list[str]:
    """The levels that a statement on ``table`` may find, the likeliest first."""
    return [one.columns["phone"].level for one in known.tables_of(org, database).get(table, [])]


@pytest.mark.parametrize(("org", "found"), [(CITY, ["G3"]), (PROVINCE, ["G3"]), (COUNTY, []), (SIBLING, [])])
def test_a_record_that_names_no_database_speaks_of_ones_own_and_of_those_below(org: str, found: list[str]) -> None:
    known = lookups(a_column(CITY, "hr", "public.person"))
    assert levels(known, org, None) == found


def test_a_county_on_the_citys_database_finds_its_level_by_the_databases_name() -> None:
    known = lookups(a_column(CITY, "hr", "public.person"))
    assert levels(known, COUNTY, "HR") == ["G3"]
    assert levels(known, COUNTY, "other") == []


def test_a_sibling_with_a_database_of_the_same_name_is_told_nothing() -> None:
    known = lookups(a_column(CITY, "hr", "public.person"))
    assert levels(known, SIBLING, "hr") == []


def test_an_organisation_without_tables_of_its_own_does_not_fall_back_to_everybodys() -> None:
    known = lookups(a_column(SIBLING, "hr", "public.person"), a_column(CITY, "tax", "public.person"))
    assert levels(known, COUNTY, None) == []


def test_the_database_that_the_record_names_decides_before_nearness() -> None:
    known = lookups(a_column(COUNTY, "local", "public.person", "G2"), a_column(CITY, "hr", "public.person", "G4"))
    assert levels(known, COUNTY, "hr") == ["G4"]
    assert levels(known, COUNTY, "local") == ["G2"]
    assert levels(known, COUNTY, "unknown") == ["G2"]


def test_of_two_databases_of_one_name_ones_own_comes_first() -> None:
    known = lookups(
        a_column(PROVINCE, "hr", "public.person", "G4"),
        a_column(COUNTY, "hr", "public.person", "G1"),
        a_column(CITY, "hr", "public.person", "G2"),
    )
    assert levels(known, CITY, "hr") == ["G2", "G1", "G4"]


def test_what_lies_above_is_marked_so() -> None:
    known = lookups(a_column(CITY, "hr", "public.person"))
    assert [one.above for one in known.tables_of(COUNTY, "hr")["person"]] == [True]
    assert [one.above for one in known.tables_of(PROVINCE, "hr")["person"]] == [False]


def test_files_have_no_database_and_are_not_found_from_below() -> None:
    known = lookups(a_column(CITY, "", "person"))
    assert levels(known, COUNTY, "") == []
    assert levels(known, CITY, "") == ["G3"]


@pytest.mark.parametrize(("org", "persons"), [(PROVINCE, ["P-1"]), (CITY, ["C-1"]), (COUNTY, ["K-1"]), (SIBLING, [])])
def test_an_account_is_ones_own_or_of_somebody_below(org: str, persons: list[str]) -> None:
    accounts = tuple(
        (org, "wang", person, "post") for org, person in ((PROVINCE, "P-1"), (CITY, "C-1"), (COUNTY, "K-1"))
    )
    assert lookups(accounts=accounts).accounts_of(org)["person"].to_list() == persons
