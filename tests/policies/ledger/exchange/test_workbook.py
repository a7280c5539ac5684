"""The catalogue's form as a workbook: what goes out comes back, nothing runs, and nothing blows up."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.ledger.exchange.form import HEADS, Sheet, WordError, head_named, heads_of, incoming, text_of, value_of
from policies.ledger.exchange.workbook import LARGEST, Line, WorkbookError, read, write
from soc.errors import InputError
from soc.ledger.stewardship import Domain, Opening, Rhythm, Sharing

FIELDS = [head.field for head in heads_of(Sheet.ITEMS)]
CELLS = st.dictionaries(
    st.sampled_from(FIELDS),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(lambda text: text == text.strip()),
    min_size=1,
    max_size=6,
)  # fmt: skip


def book(**sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@given(st.lists(CELLS, min_size=1, max_size=5))
def test_what_is_written_is_read_back(rows: list[dict[str, str]]) -> None:
    lines, faults = read(write([], rows))
    assert faults == []
    assert [dict(line.cells) for line in lines if line.sheet is Sheet.ITEMS] == rows


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    raw = write([], [{"title": text, "column": "a"}])
    page = openpyxl.load_workbook(io.BytesIO(raw))["信息项"]
    cells = [cell for row in page.iter_rows(min_row=2) for cell in row if cell.value]
    assert all(cell.data_type == "s" for cell in cells)
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@", "\t", "＝"))]


def test_sheets_are_known_by_their_heads_wherever_they_stand() -> None:
    raw = book(
        甲=[
            ["某市目录"],
            ["", "说明"],
            ["信息项名称*", "字段名", "更新周期（必填）", "备注"],
            ["手机号", "lxdh", "每日", "x"],
        ],
        乙=[["资源名称", "共享属性"], ["从业人员", "无条件"]],
    )
    lines, faults = read(raw)
    assert lines == [
        Line(Sheet.ITEMS, 4, {"title": "手机号", "column": "lxdh", "rhythm": "每日"}),
        Line(Sheet.RESOURCES, 2, {"title": "从业人员", "sharing": "无条件"}),
    ]
    assert [(one.sheet, one.line, one.key) for one in faults] == [("甲", 3, "errors.exchange.unknown_head")]


def test_a_sheet_of_something_else_is_named_and_the_others_are_read() -> None:
    raw = book(说明=[["怎么填"], ["……"]], 目录=[["信息资源名称", "更新周期"], ["车辆", "每月"]])
    lines, faults = read(raw)
    assert len(lines) == 1
    assert [(one.sheet, one.key) for one in faults] == [("说明", "errors.exchange.no_heads")]


def test_numbers_are_read_as_people_see_them() -> None:
    lines, _ = read(book(目录=[["信息资源名称", "信息资源代码"], ["车辆", 440000123.0], ["船舶", 12.5]]))
    assert [line.cells["code"] for line in lines] == ["440000123", "12.5"]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"no workbook", "errors.exchange.no_workbook"),
        (b"", "errors.exchange.no_workbook"),
        (b"x" * (LARGEST + 1), "errors.exchange.too_large"),
        (book(一=[["a", "b"], [1, 2]]), "errors.exchange.not_the_form"),
    ],
)
def test_what_is_no_such_workbook_is_refused(raw: bytes, key: str) -> None:
    with pytest.raises(WorkbookError) as told:
        read(raw)
    assert told.value.key == key


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/{number}.xml", b"0" * (64 << 20))
    with pytest.raises(WorkbookError) as told:
        read(target.getvalue())
    assert told.value.key == "errors.exchange.bomb"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(InputError):
        read(raw)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("sharing", "有条件", Sharing.CONDITIONAL),
        ("sharing", "Not shared", Sharing.NONE),
        ("sharing", "none", Sharing.NONE),
        ("opening", "是", Opening.OPEN),
        ("rhythm", "季度", Rhythm.QUARTERLY),
        ("domain", "综合运输", Domain.TRANSPORT),
        ("domain", "ZY", Domain.TRANSPORT),
        ("standard", " JT/T 697 ", "JT/T 697"),
        ("sharing", "无", None),
        ("title", "", None),
    ],
)
def test_words_of_catalogues_are_understood(field: str, text: str, value: object) -> None:
    assert value_of(field, text) == value


def test_a_word_that_nobody_knows_is_told() -> None:
    with pytest.raises(WordError):
        value_of("rhythm", "有空就更")


@pytest.mark.parametrize("field", [head.field for head in HEADS if head.comes_in])
def test_every_value_we_write_is_one_we_read(field: str) -> None:
    from policies.ledger.exchange.form import _KINDS

    for member in _KINDS.get(field, ()):
        assert value_of(field, text_of(field, member)) == member


def test_no_head_means_two_fields_of_one_sheet() -> None:
    for sheet in Sheet:
        texts = [text for head in heads_of(sheet) for text in (head.title, *head.also)]
        for text in texts:
            head = head_named(sheet, text)
            assert head is not None
            assert text in {head.title, *head.also}
        assert len({head.field for head in heads_of(sheet)}) == len(heads_of(sheet))


def test_levels_and_names_of_columns_only_go_out() -> None:
    assert not {"level", "category", "column", "table", "source"} & {*incoming(Sheet.ITEMS), *incoming(Sheet.RESOURCES)}
