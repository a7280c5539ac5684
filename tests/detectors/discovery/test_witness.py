"""A name that no list knows is a witness beside the values, never a finding by itself."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery import witness
from detectors.discovery.columns import Column, profile, profile_column
from detectors.discovery.finding import ColumnFinding, Tier
from detectors.discovery.measure import measure
from detectors.discovery.witness import resembled
from detectors.recognizers.definition import recognizers
from tests.detectors.made import Maker

ACCOUNTS = pl.Series([f"8002{Maker(seed).digits(14)}" for seed in range(60)])
AMOUNTS = pl.Series([f"{seed * 37 % 991}.{seed % 90 + 10}" for seed in range(60)])


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name resembles an account's as much as a name can."""
    monkeypatch.setattr(witness, "likely", lambda _name, _comment: {"bank_account": 0.999, "-": 0.001})


def found(name: str, values: pl.Series) -> ColumnFinding:
    return profile_column(name, "", values)


@pytest.mark.usefixtures("sure")
def test_a_resembling_name_and_values_that_fit_are_a_low_finding_that_says_so() -> None:
    seen = found("xqzv", ACCOUNTS)
    assert (seen.type, seen.tier) == ("bank_account", Tier.LOW)
    assert seen.evidence.resembles > 0.9
    assert seen.evidence.name == 0.0  # no list has the name
    assert seen.evidence.as_dict()["resembles"] == round(seen.evidence.resembles, 4)


@pytest.mark.usefixtures("sure")
def test_values_that_do_not_fit_win_over_any_likeness() -> None:
    assert found("xqzv", AMOUNTS).type is None


@pytest.mark.usefixtures("sure")
@pytest.mark.parametrize("values", [pl.Series([], dtype=pl.String), pl.Series([None, None], dtype=pl.String)])
def test_a_likeness_alone_is_no_finding(values: pl.Series) -> None:
    assert found("xqzv", values).type is None


@pytest.mark.usefixtures("sure")
def test_hidden_names_resemble_nothing() -> None:
    (seen,) = profile([Column("xqzv", measure(ACCOUNTS))], named=False)
    assert seen.evidence.resembles == 0.0


def test_where_a_list_is_sure_no_likeness_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "likely", lambda *_: pytest.fail("asked"))
    assert found("身份证号", ACCOUNTS).evidence.said


def test_a_form_that_hardly_anything_has_says_more_than_one_that_much_has(monkeypatch: pytest.MonkeyPatch) -> None:
    values = measure(pl.Series([f"粤交运管许可穗字440100{Maker(seed).digits(6)}号" for seed in range(30)]))
    monkeypatch.setattr(witness, "likely", lambda *_: {"licence_text": 0.3, "engine_no": 0.3, "-": 0.4})
    seen = resembled("name", "", values)
    assert seen is not None
    assert seen.type == "licence_text"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(recognizers())), st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_a_likeness_is_reported_as_a_chance_and_only_of_a_low_or_proven_finding(kind: str, values: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(witness, "likely", lambda *_: {kind: 1.0, "-": 0.0})
        seen = found("xqzv", pl.Series(values, dtype=pl.String))
    assert 0.0 <= seen.evidence.resembles <= 1.0
    if seen.evidence.resembles and seen.tier is not Tier.LOW:
        assert seen.evidence.checked is not None or seen.evidence.matched >= 0.5
