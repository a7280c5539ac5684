"""The stranger's check digits agree with an independent implementation and with published examples."""

from collections.abc import Callable
from random import Random

import pytest
from stdnum import ean, imo, luhn
from stdnum.cn import ric, uscc

from detectors.discovery.evaluation.stranger import digits


@pytest.mark.parametrize(
    ("drawn", "valid"),
    [
        (lambda r: digits.credit_code(r, "440103"), uscc.is_valid),
        (digits.ship, imo.is_valid),
        (digits.barcode, ean.is_valid),
        (lambda r: digits.luhn("622202" + digits.digits(r, 12)), luhn.is_valid),
        (lambda r: digits.identity("44010619900307" + digits.digits(r, 3)), ric.is_valid),
    ],
    ids=["credit code", "ship", "barcode", "card", "identity"],
)
def test_what_is_drawn_passes_another_checker(drawn: Callable[[Random], str], valid: Callable[[str], bool]) -> None:
    r = Random(7)
    assert all(valid(drawn(r)) for _ in range(300))


class Told(Random):
    """Chance that draws what it is told."""

    def __init__(self, *drawn: str) -> None:
        super().__init__(0)
        self.drawn = list(drawn)

    def choice(self, seq: object) -> str:  # type: ignore[override]
        return self.drawn.pop(0)

    def choices(self, population: object, *, k: int = 1) -> list[str]:  # type: ignore[override]
        return list(self.drawn.pop(0))


@pytest.mark.parametrize(
    ("made", "example"),
    [
        (digits.container(Told("CSQ", "305438")), "CSQU3054383"),
        (digits.ship(Told("9", "07472")), "9074729"),
        (digits.hongkong(Told("A", "123456")), "A123456(3)"),
        (digits.taiwan(Told("A", "1", "2345678")), "A123456789"),
        (digits.organisation(Told("D", "2143569"), "-"), "D2143569-X"),
        (digits.identity("11010519491231002"), "11010519491231002X"),
        (digits.luhn("49015420323751"), "490154203237518"),
    ],
)
def test_published_examples_come_out(made: str, example: str) -> None:
    assert made == example


def test_a_vehicle_carries_its_check_digit_at_the_ninth_place() -> None:
    values = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
            strict=True,
        )
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    for number in (digits.vehicle(Random(seed)) for seed in range(50)):
        total = sum(int(values.get(one, one)) * weight for one, weight in zip(number, weights, strict=True))
        assert number[8] == "0123456789X"[total % 11]
