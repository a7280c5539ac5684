"""How numbers are built that somebody counted up, and how those are that many people have."""

from random import Random

import pytest

from detectors.recognizers.build import ODD, SPREAD, traits

RNG = Random(3)


def digits(count: int) -> str:
    return "".join(RNG.choice("0123456789") for _ in range(count))


ODDLY = {
    "passport": [f"G{year}{digits(4)}" for year in (2019, 2020, 2021, 2022)],
    "twid": [f"E20{digits(2)}{digits(5)}".replace("E20", "E202", 1)[:10] for _ in range(6)],
    "mobile": [f"1{head}0000{digits(5)}" for head in "3578" for _ in range(5)],
    "landline": [f"0{area}-2{year}0{digits(4)}" for area in ("755", "757", "769") for year in (20, 21, 22)],
    "mmsi": [f"41{head}00{digits(4)}" for head in "234" for _ in range(5)],
    "resident_id": [f"440106202{digits(1)}0{RNG.randint(1, 9)}11{digits(4)}" for _ in range(9)],
    "etc_card": [f"{digits(2)}44{digits(16)}" for _ in range(9)],
}
RIGHTLY = {
    "passport": [f"E{letter}{digits(7)}" for letter in "ABCDEF"],
    "twid": [f"A{sex}{digits(8)}" for sex in "121212"],
    "mobile": [f"1{RNG.choice('3578')}{digits(9)}" for _ in range(20)],
    "landline": [f"020-8{digits(7)}" for _ in range(20)],
    "mmsi": [f"41{RNG.choice('234')}{digits(6)}" for _ in range(30)],
    "resident_id": [f"4401061{RNG.choice(('965', '978', '989'))}0{RNG.randint(1, 9)}11{digits(4)}" for _ in range(9)],
    "etc_card": [f"4401{digits(16)}" for _ in range(9)],
}


def told(found: dict[str, list[str]]) -> dict[str, int]:
    return traits(found, {name: len(values) for name, values in found.items()})


@pytest.mark.parametrize("kind", sorted(ODDLY))
def test_numbers_that_were_counted_up_are_odd(kind: str) -> None:
    assert told({kind: ODDLY[kind]})[kind + ODD] == len(ODDLY[kind])


@pytest.mark.parametrize("kind", sorted(RIGHTLY))
def test_numbers_of_the_type_are_not_odd(kind: str) -> None:
    assert kind + ODD not in told({kind: RIGHTLY[kind]})


def test_a_block_of_numbers_that_one_firm_was_given_is_not_odd() -> None:
    assert not told({"mobile": [f"1380013{number:04}" for number in range(8000, 8100)]})


def test_many_peoples_numbers_begin_differently() -> None:
    assert told({"mobile": RIGHTLY["mobile"]}) == {"mobile" + SPREAD: 20}


def test_a_kind_of_device_in_every_number_makes_it_no_card() -> None:
    cameras = [f"44030{RNG.randint(1, 9)}01{RNG.randint(10, 14)}132{digits(7)}" for _ in range(9)]
    assert told({"etc_card": [f"4401{digits(4)}01132{digits(7)}" for _ in range(9)]})["etc_card" + ODD] == 9
    assert told({"etc_card": cameras})["etc_card" + ODD] == 9
