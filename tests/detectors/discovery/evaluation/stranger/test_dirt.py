"""Soiled columns keep their length and something to be known by."""

from random import Random

import pytest
from stdnum.cn import ric

from detectors.discovery.evaluation.stranger.dirt import soil
from detectors.discovery.evaluation.stranger.values import kinds, write


@pytest.mark.parametrize("name", sorted(kinds()))
def test_soil_changes_no_number_of_rows(name: str) -> None:
    kind = kinds()[name]
    for seed in range(12):
        r = Random(seed)
        values = [write(r, kind.forms[0], row) for row in range(30)]
        assert len(soil(r, kind, values)[0]) == 30


def test_wrong_check_digits_are_wrong() -> None:
    kind, wrong = kinds()["resident_id"], 0
    for seed in range(200):
        r = Random(seed)
        values, how = soil(r, kind, [write(r, "{rid}", row) for row in range(30)])
        if how == "wrong check digits":
            wrong += sum(not ric.is_valid(value) for value in values)
    assert wrong > 0


def test_masks_hide_part_of_every_kind_that_is_masked() -> None:
    found = set()
    for seed in range(300):
        r = Random(seed)
        values, how = soil(r, kinds()["mobile"], [write(r, "{mobile}", row) for row in range(8)])
        found |= {value[3:7] for value in values} if how == "masked" else set()
    assert {"****", "xxxx"} <= found
