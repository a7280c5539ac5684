"""The stranger's tables are the same for a seed, say what they hold and are as large as the figures claim."""

import re
from itertools import chain

import pytest

from detectors.discovery.evaluation.columns import Score
from detectors.discovery.evaluation.stranger.tables import tables
from detectors.discovery.evaluation.stranger.values import kinds
from detectors.discovery.evaluation.tables import Known
from soc.ledger.types import types

SEED = 3


@pytest.fixture(scope="module")
def columns() -> list[Known]:
    return [column for table in tables(SEED) for column in table.columns]


def test_a_seed_always_makes_the_same_tables() -> None:
    assert tables(SEED) == tables(SEED)
    assert tables(SEED) != tables(SEED + 1)


def test_truths_and_other_right_answers_are_types_of_the_catalogue() -> None:
    answers = chain.from_iterable({kind.truth, *kind.also} for kind in kinds().values())
    assert set(answers) <= {*types(), "organization", None}


def test_every_type_of_the_catalogue_is_in_some_table(columns: list[Known]) -> None:
    assert {column.truth for column in columns} | {"trajectory"} >= set(types())


def test_most_of_at_least_1200_columns_are_not_sensitive(columns: list[Known]) -> None:
    assert len(columns) >= 1200
    assert sum(column.truth is None for column in columns) >= len(columns) / 2


def test_tables_have_three_to_three_hundred_rows(columns: list[Known]) -> None:
    lengths = {len(column.values) for column in columns}
    assert min(lengths) >= 3
    assert max(lengths) <= 300


def test_no_placeholder_is_left_in_a_value(columns: list[Known]) -> None:
    left = re.compile(r"\{\w+(:[^}]*)?\}|[\x00\x01]")
    assert not [column.kind for column in columns if any(left.search(value or "") for value in column.values)]


def test_either_of_two_right_answers_counts_and_a_third_does_not() -> None:
    plain, typed = (Known("kind", truth, "", ("1",), also=frozenset({"plate"})) for truth in (None, "plate_nev"))
    score = Score()
    for column in (plain, typed):
        score.add(column, "plate")
    assert (score.invented, score.right, score.missed) == (0, 1, 0)
    for column in (plain, typed):
        score.add(column, "vin")
    assert (score.invented, score.right, score.missed) == (1, 1, 0)
    score.add(typed, None)
    assert score.missed == 1
