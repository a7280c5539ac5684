"""JSON in its forms."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sources.base import Sampling, UnreadableError
from detectors.discovery.sources.files import jsons
from tests.detectors.discovery.sources.files.reads import only

PEOPLE = [{"name": "张伟", "tel": "13800138000"}, {"name": "李娜", "tel": "13900139000"}]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(one, ensure_ascii=False) for one in PEOPLE),
        json.dumps(PEOPLE, ensure_ascii=False),
        json.dumps(PEOPLE, ensure_ascii=False, indent=2),
        "\n".join(json.dumps(one, ensure_ascii=False, indent=1) for one in PEOPLE),
    ],
)
def test_lines_lists_and_records_in_a_row_are_the_same_table(tmp_path: Path, text: str, encoding: str) -> None:
    found = only(write(tmp_path / "people.json", text, encoding))
    assert (found.name, found.columns, found.rows) == ("people", ("name", "tel"), 2)
    assert found.values == [("张伟", "13800138000"), ("李娜", "13900139000")]


def test_a_document_around_a_list_has_the_list_as_rows(tmp_path: Path) -> None:
    found = only(write(tmp_path / "api.json", json.dumps({"code": 0, "data": {"items": PEOPLE}})))
    assert found.column("data.items[].tel") == ["13800138000", "13900139000"]


def test_a_list_of_lists_is_a_table_with_a_header(tmp_path: Path) -> None:
    found = only(write(tmp_path / "grid.json", json.dumps([["姓名", "手机"], ["张伟", 13800138000], ["李娜", None]])))
    assert (found.columns, found.values[0]) == (("姓名", "手机"), ("张伟", "13800138000"))


def test_bad_lines_are_passed_over_and_told(tmp_path: Path) -> None:
    text = "\n".join([json.dumps(PEOPLE[0]), "{broken", json.dumps(PEOPLE[1]), "also broken", ""])
    found = only(write(tmp_path / "a.jsonl", text))
    assert (found.rows, len(found.values)) == (2, 2)
    assert any("2" in note for note in found.notes)


def test_a_list_cut_in_the_middle_keeps_what_came_before(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.json", json.dumps(PEOPLE)[:-10]))
    assert (found.rows, len(found.notes)) == (1, 1)


def test_nothing_but_damage_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="broken_file"):
        only(write(tmp_path / "a.json", '{"a": '))


def test_nesting_without_end_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        only(write(tmp_path / "a.json", "[" * 200_000))


def test_everything_is_read_with_the_columns_of_the_last_record(tmp_path: Path) -> None:
    lines = [*(json.dumps({"n": number}) for number in range(3000)), json.dumps({"late": "13800138000"})]
    found = only(write(tmp_path / "a.jsonl", "\n".join(lines)), Sampling(full=True, rows=10))
    assert (found.columns, found.rows) == (("n", "late"), 3001)
    assert found.values[-1] == (None, "13800138000")


def test_a_large_file_of_lines_is_sampled_all_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "_WHOLE", 1000)
    count = 400_000
    path = write(tmp_path / "a.jsonl", "".join(f'{{"n": {number}}}\n' for number in range(count)))
    found = only(path, Sampling(rows=500))
    numbers = [int(row[0] or 0) for row in found.values]
    assert abs(found.rows - count) < count * 0.05
    assert min(numbers) < count * 0.2
    assert max(numbers) > count * 0.8


_LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
_RECORDS = st.lists(st.dictionaries(st.text("abcde", min_size=1, max_size=3), _LEAF, min_size=1, max_size=4), min_size=1, max_size=8)  # fmt: skip


@settings(max_examples=60)
@given(records=_RECORDS)
def test_a_list_and_its_lines_read_alike(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("json")
    listed = write(folder / "a.json", json.dumps(records))
    lined = write(folder / "b.jsonl", "\n".join(map(json.dumps, records)))
    one, other = only(listed), only(lined)
    assert (one.columns, one.values) == (other.columns, other.values)
