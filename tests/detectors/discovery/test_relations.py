"""What columns say of one another, row by row."""

import polars as pl

from detectors.discovery.profile import Profile
from detectors.discovery.relations import Agreement, Kind, added, related
from tests.detectors.made import Maker


def people(count: int = 40, *, own_day: bool = True) -> pl.DataFrame:
    maker = Maker(11)
    numbers = [maker.resident_id() for _ in range(count)]
    days = numbers if own_day else [maker.resident_id() for _ in range(count)]
    return pl.DataFrame(
        {
            "a": numbers,
            "b": [f"{one[6:10]}-{one[10:12]}-{one[12:14]}" for one in days],
            "c": ["男" if int(one[16]) % 2 else "女" for one in numbers],
        }
    )


def test_a_day_that_is_in_the_number_beside_it_agrees() -> None:
    found = related(people())
    assert found["a", "b", Kind.BIRTH] == Agreement(40, 40)
    assert found["a", "c", Kind.SEX].share == 1.0


def test_days_of_other_people_do_not_agree() -> None:
    assert related(people(own_day=False))["a", "b", Kind.BIRTH].share < 0.1


def test_a_table_without_numbers_of_persons_has_no_relations() -> None:
    assert related(pl.DataFrame({"a": ["1", "2"], "b": ["2024-01-01", "2024-01-02"]})) == {}


def test_relations_of_batches_add_up() -> None:
    frame = people()
    assert added(related(frame[:15]), related(frame[15:])) == related(frame)


def test_a_birth_date_is_known_without_its_name_and_supports_the_number() -> None:
    number, day, _ = Profile.of(people()).findings(named=False)
    assert (number.type, number.tier.value, number.evidence.neighbour) == ("resident_id", "high", "b")
    assert (day.type, day.evidence.neighbour) == ("birth_date", "a")


def test_a_day_of_something_else_stays_a_day() -> None:
    assert Profile.of(people(own_day=False)).findings(named=False)[1].type is None


def test_a_birth_date_supports_numbers_with_wrong_check_digits() -> None:
    frame = people().with_columns(pl.col("a").str.slice(0, 17) + "1")
    assert Profile.of(frame).findings(named=False)[0].tier.value == "medium"
