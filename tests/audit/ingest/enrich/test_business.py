"""The business number that an event says it is for, under the usual names and those of the installation's own systems."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.enrich.business import BUSINESS, KEYS, with_business
from config.settings import Settings, SettingsError

STATEMENT, ADDRESS = "query_info.query_string", "http_request.url.query_string"
OWN = ("jjdh", "接警单号", "order-no")


def told(more: tuple[str, ...], statement: str | None = None, address: str | None = None) -> str | None:
    """Return the number of one event."""
    row = {STATEMENT: [statement], ADDRESS: [address], BUSINESS: [None]}
    frame = pl.DataFrame(row, schema=dict.fromkeys(row, pl.String))
    found = with_business(frame, more)[BUSINESS][0]
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("select * from t where jjdh = 'JJ-2026-0042'", "JJ-2026-0042"),
        ("/* 接警单号：JJ20260042 */ select 1", "JJ20260042"),
        ("select * from t where \"ORDER-NO\"='A1234'", "A1234"),
    ],
)
def test_an_own_name_is_a_key_where_the_installation_says_so(statement: str, number: str) -> None:
    assert told(OWN, statement) == number
    assert told((), statement) is None


def test_an_own_name_is_read_in_addresses_as_well_encoded_or_not() -> None:
    assert told(OWN, address="a=1&jjdh=JJ-2026-0042") == "JJ-2026-0042"
    assert told(OWN, address="%E6%8E%A5%E8%AD%A6%E5%8D%95%E5%8F%B7=JJ20260042") == "JJ20260042"


def test_the_longer_of_two_names_is_meant_and_part_of_a_name_is_none() -> None:
    assert told(("slbh_new",), "select 1 where slbh_new = 'N-1000'") == "N-1000"
    assert told(("jjdh",), "select 1 where xjjdh = 'N-1000'") is None


@given(st.sampled_from(KEYS), st.from_regex(r"[A-Z]{2}[0-9]{4,6}", fullmatch=True), st.permutations(OWN))
def test_own_names_take_nothing_from_the_usual_ones(key: str, number: str, own: list[str]) -> None:
    statement = f"select * from t where {key} = '{number}'"
    assert told(tuple(own), statement) == told((), statement)


@pytest.mark.parametrize("names", ["a", "a b", "x" * 65, "(.*)", ",".join(f"key{n}" for n in range(51))])
def test_what_cannot_be_a_name_is_refused(names: str) -> None:
    with pytest.raises(SettingsError):
        Settings.load({"SOC_BUSINESS_KEYS": names})


def test_names_are_read_from_the_environment() -> None:
    assert Settings.load({"SOC_BUSINESS_KEYS": " 接警单号, jjdh "}).business_keys == ("jjdh", "接警单号")
