"""A table that is read whole is counted first and looked at then: nothing of it is lost by how it comes."""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery import gathering, scan
from detectors.discovery.gathering import Gathering
from detectors.discovery.measure import Measures
from detectors.discovery.profile import Profile
from detectors.discovery.scan import Orders
from detectors.discovery.sketches import VALUES, sketch
from detectors.discovery.sources.base import Sampling, StateSecretError
from soc.ledger.sketch import Sketch
from tests.detectors.made import Maker

KEY = bytes(range(16))
CELLS = st.none() | st.sampled_from(
    [
        "13800138000",
        "11010519491231002X",
        "张三",
        "无",
        " ",
        "粤A12345",
        "电话13800138000",
        "男",
        "1.5",
        "138****8000",
        "Ａ１",
    ]
)
COLUMN = st.lists(CELLS, max_size=30)


def gathered(frames: Sequence[pl.DataFrame], key: bytes | None = None) -> Profile:
    """The profile of all, sketches of all columns with it."""
    whole = Gathering(key)
    seen = reduce(Profile.merge, whole.profiles(frames), Profile({name: Measures() for name in frames[0].columns}))
    return seen.merge(whole.sketches(seen.columns))


def cut(frame: pl.DataFrame, places: Sequence[int]) -> list[pl.DataFrame]:
    bounds = [0, *sorted(min(place, frame.height) for place in places), frame.height]
    return [frame[start:end] for start, end in pairwise(bounds)]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little may be held that columns are looked at in the middle, and each batch is counted by itself."""
    monkeypatch.setattr(gathering, "HELD", 300)
    monkeypatch.setattr(gathering, "_CELLS", 100)


@settings(max_examples=60, deadline=None)
@given(COLUMN, st.lists(st.integers(0, 30), max_size=4), st.randoms())
def test_neither_the_cut_nor_the_order_of_batches_matters(
    cells: list[str | None], places: list[int], rng: Random
) -> None:
    frame = pl.DataFrame({"a": cells}, schema={"a": pl.String})
    parts = cut(frame, places)
    mixed = rng.sample(parts, len(parts))
    one, other = gathered([frame], KEY).columns["a"], gathered(mixed, KEY).columns["a"]
    assert one.sketches[VALUES].pack() == other.sketches[VALUES].pack()
    assert Measures() + without_sketch(one) == Measures() + without_sketch(other)


def without_sketch(measures: Measures) -> Measures:
    return Measures(**{name: getattr(measures, name) for name in Measures.__slots__ if name != "sketches"})


@settings(max_examples=60, deadline=None)
@given(COLUMN)
def test_what_is_gathered_is_what_the_batch_itself_says(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"a": cells}, schema={"a": pl.String})
    counted, measured = gathered([frame], KEY).columns["a"], Profile.of(frame, key=KEY).columns["a"]
    assert (counted.rows, counted.filled, counted.distinct) == (measured.rows, measured.filled, measured.distinct)
    assert (counted.hits, counted.passed, counted.hidden) == (measured.hits, measured.passed, measured.hidden)
    assert counted.sketches[VALUES].pack() == measured.sketches[VALUES].pack()


@pytest.mark.usefixtures("narrow")
def test_a_column_of_many_values_is_looked_at_in_parts_that_add_up() -> None:
    maker = Maker(5)
    numbers = [maker.mobile() for _ in range(900)]
    frame = pl.DataFrame({"x": [*numbers, None, "无"], "kind": ["甲", "乙"] * 451})
    found = gathered(cut(frame, range(0, 902, 60)), KEY).columns
    assert (found["x"].rows, found["x"].filled) == (902, 900)
    assert found["x"].hits["mobile"] == found["x"].distinct
    assert found["x"].sketches[VALUES].pack() == sketch(frame["x"], KEY).pack()


@pytest.mark.usefixtures("narrow")
def test_the_same_few_values_are_counted_once_however_long_the_table_is() -> None:
    frame = pl.DataFrame({"kind": ["甲", "乙", "丙"] * 400, "n": [f"{n}-x" for n in range(1200)]})
    found = gathered(cut(frame, range(0, 1200, 60))).columns["kind"]
    assert (found.rows, found.filled, found.distinct) == (1200, 1200, 3)


@pytest.mark.usefixtures("narrow")
def test_a_type_that_begins_late_in_a_table_is_found() -> None:
    maker = Maker(6)
    early = pl.DataFrame({"x": [f"备注{n}" for n in range(300)]})
    late = pl.DataFrame({"x": [maker.resident_id() for _ in range(700)]})
    profile = gathered([*cut(early, range(0, 300, 100)), *cut(late, range(0, 700, 100))])
    assert profile.columns["x"].passed["resident_id"] >= 690
    assert profile.findings(named=False)[0].type == "resident_id"


def test_a_full_scan_sketches_what_is_sensitive_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sketched: list[int] = []

    def watched(values: pl.Series, key: bytes) -> Sketch:
        sketched.append(len(values))
        return sketch(values, key)

    monkeypatch.setattr(gathering, "sketch", watched)
    numbers = [f"138{n:08d}" for n in range(500)]
    rows = "\n".join(f"{number},{n % 3},{n}件" for n, number in enumerate(numbers))
    (tmp_path / "people.csv").write_text("mobile,kind,note\n" + rows + "\n", encoding="utf-8")
    table = scan.scan([str(tmp_path / "people.csv")], Orders(Sampling(full=True), sketch_key=KEY)).tables[0]
    columns = {one.name: one for one in table.columns}
    assert columns["mobile"].sketch
    assert not columns["kind"].sketch
    assert sketched == [500]


def test_a_mark_of_state_secrets_far_down_ends_the_reading(tmp_path: Path) -> None:
    rows = ["寻常"] * 60_000
    rows[50_000] = "机密★10年"
    (tmp_path / "long.csv").write_text("a,b\n" + "".join(f"{one},1\n" for one in rows), encoding="utf-8")
    result = scan.scan([str(tmp_path / "long.csv")], Orders(Sampling(full=True)))
    assert len(result.secrets) == 1
    assert not result.tables


def test_nothing_behind_a_mark_is_read() -> None:
    read: list[int] = []

    def batches() -> Iterator[pl.DataFrame]:
        for number in range(5):
            read.append(number)
            yield pl.DataFrame({"a": ["寻常", "绝密★长期" if number == 2 else "x"]})

    with pytest.raises(StateSecretError):
        gathered(list(scan._unmarked(batches())))
    assert read == [0, 1, 2]
