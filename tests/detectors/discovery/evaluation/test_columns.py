"""The column engine on the development half of made-up tables; the other half is for reports."""

import pytest

from detectors.discovery.evaluation.columns import Score, score
from detectors.discovery.evaluation.draw import Half
from detectors.discovery.evaluation.numbers import VALUES
from detectors.discovery.evaluation.tables import headers, tables
from soc.ledger.types import types


@pytest.fixture(scope="module", params=[True, False], ids=["headers", "hidden"])
def found(request: pytest.FixtureRequest) -> Score:
    return score(tables(Half.DEVELOPMENT, seed=5, copies=1, rows=60), named=request.param)


def test_columns_get_their_type(found: Score) -> None:
    assert found.as_dict()["top1"] >= 0.97


def test_hardly_a_sensitive_column_is_missed(found: Score) -> None:
    assert found.as_dict()["sensitive_called_not"] <= 0.01


def test_hardly_an_ordinary_column_is_called_sensitive(found: Score) -> None:
    assert found.as_dict()["not_called_sensitive"] <= 0.02


def test_every_type_of_the_catalogue_is_made_and_named() -> None:
    assert set(VALUES) == set(headers()) == set(types())


def test_the_halves_have_no_header_in_common() -> None:
    for kind, (development, heldout) in headers().items():
        assert not set(development) & set(heldout), kind
