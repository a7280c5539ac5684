"""A sample that grows: read on where more rows could change what is found, and nowhere else."""

from collections.abc import Iterator, Sequence

import polars as pl

from detectors.discovery.columns import Column, profile
from detectors.discovery.measure import measure
from detectors.discovery.scan import Orders, scan_table
from detectors.discovery.settled import doubtful
from detectors.discovery.sources.base import Reading, Sampling, Table
from detectors.discovery.sources.coverage import Coverage, Method
from tests.detectors.made import Maker


def in_doubt(name: str, values: Sequence[str | None], *, ordinary: bool = False) -> bool:
    columns = [Column(name, measure(pl.Series(values, dtype=pl.String)))]
    return bool(doubtful(columns, profile(columns), ordinary=ordinary))


def test_a_column_of_identity_numbers_is_settled() -> None:
    maker = Maker()
    assert not in_doubt("sfzh", [maker.resident_id() for _ in range(200)])


def test_a_column_of_amounts_is_settled() -> None:
    assert not in_doubt("amount", [f"{number * 7 % 1000}.5" for number in range(1000)])


def test_a_list_of_choices_is_settled() -> None:
    assert not in_doubt("state", ["open", "closed"] * 300)


def test_a_column_with_few_values_is_in_doubt_also_after_an_ordinary_sample() -> None:
    values = [None] * 990 + [Maker().digits(6) for _ in range(10)]
    assert in_doubt("f1", values)
    assert in_doubt("f1", values, ordinary=True)


def test_an_empty_column_is_read_no_further_than_an_ordinary_sample() -> None:
    assert in_doubt("f1", [None] * 1000)
    assert not in_doubt("f1", [None] * 5000, ordinary=True)


def test_a_text_with_telephones_now_and_then_is_in_doubt() -> None:
    maker = Maker()
    remarks = [f"客户来电询问班次{number}，回复电话 {maker.mobile()}" for number in range(10)]
    assert in_doubt("f1", remarks + [f"客户来电询问第{number}班次的发车时间" for number in range(990)])


def staged(stages: list[dict[str, list[str | None]]], seen: list[int]) -> Table:
    """A table whose sample grows; ``seen`` notes how many batches were asked for."""

    def read(_sampling: Sampling) -> Reading:
        reading = Reading(tuple(stages[0]), iter(()), rows=1_000_000)
        reading.coverage = Coverage(method=Method.SPREAD)

        def batches() -> Iterator[pl.DataFrame]:
            for values in stages:
                seen.append(len(seen))
                frame = pl.DataFrame(values, schema=dict.fromkeys(values, pl.String))
                yield frame if reading.wanted is None else frame.select(sorted(reading.wanted))

        reading.batches = batches()
        return reading

    return Table("t", read)


def test_reading_stops_as_soon_as_every_column_is_settled() -> None:
    maker, seen = Maker(), list[int]()
    stage: dict[str, list[str | None]] = {
        "sfzh": [maker.resident_id() for _ in range(400)],
        "n": [f"{number}.25" for number in range(400)],
    }
    found = scan_table(staged([stage, stage, stage], seen), Orders())
    assert seen == [0]
    assert found.columns[0].type == "resident_id"
    assert found.coverage["stop"] == "sure"
    assert found.coverage["rows_read"] == 400


def test_only_the_column_in_doubt_is_read_further_and_found_there() -> None:
    maker, seen = Maker(), list[int]()
    full: list[str | None] = [maker.resident_id() for _ in range(400)]
    sparse: list[str | None] = [None] * 400
    late: list[str | None] = [maker.mobile() for _ in range(400)]
    found = scan_table(staged([{"a": full, "b": sparse}, {"a": full, "b": late}], seen), Orders())
    assert seen == [0, 1]
    assert [(one.type, one.evidence.rows) for one in found.columns] == [("resident_id", 400), ("mobile", 800)]
