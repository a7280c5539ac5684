"""Workbooks, new, old and open."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import UnreadableError
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import only, scanned, tables, types
from tests.detectors.made import Maker


def book(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return made


def test_every_sheet_is_a_table_named_after_it_and_hidden_ones_say_so(tmp_path: Path) -> None:
    made = book(tmp_path / "a.xlsx", ("甲", [["姓名"], ["张伟"]]), ("乙", [["姓名"], ["李娜"]]))
    made["乙"].sheet_state = "hidden"
    made.save(tmp_path / "a.xlsx")
    first, second = tables(tmp_path / "a.xlsx")
    assert (first.name, second.name) == ("甲", "乙")
    assert (len(first.notes), len(second.notes)) == (0, 1)


def test_titles_and_merged_headers_are_read_as_people_mean_them(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["广州市驾驶员登记表", None, None, None],
        ["姓名", "联系方式", None, "住址"],
        [None, "手机", "邮箱", None],
        ["张伟", 13800138000, "a@b.cn", "广州"],
        ["李娜", 13900139000, "c@d.cn", "深圳"],
        ["王芳", 13700137000, "e@f.cn", "佛山"],
    ]
    made = book(tmp_path / "a.xlsx", ("表", rows))
    sheet = made["表"]
    for merged in ("A1:D1", "B2:C2", "A2:A3", "D2:D3"):
        sheet.merge_cells(merged)
    made.save(tmp_path / "a.xlsx")
    found = only(tmp_path / "a.xlsx")
    assert found.columns == ("姓名", "联系方式_手机", "联系方式_邮箱", "住址")
    assert (found.rows, found.column("联系方式_手机")[0]) == (3, "13800138000")


def test_dates_numbers_and_truths_are_text_as_people_write_them(tmp_path: Path) -> None:
    book(
        tmp_path / "a.xlsx",
        (
            "表",
            [
                ["d", "t", "n", "f", "b"],
                [date(2024, 1, 2), datetime.fromisoformat("2024-01-02T03:04:00"), 5.0, 0.5, True],
            ],
        ),
    )
    assert only(tmp_path / "a.xlsx").values == [("2024-01-02", "2024-01-02 03:04:00", "5", "0.5", "True")]


def test_numbers_too_long_for_a_spreadsheet_are_told(tmp_path: Path) -> None:
    maker = Maker()
    people = [[maker.person(), float("44010619900101" + maker.digits(4))] for _ in range(30)]
    rows: list[list[object]] = [["姓名", "身份证号"], *people]
    book(tmp_path / "a.xlsx", ("表", rows))
    document = scanned(tmp_path / "a.xlsx")
    assert types(document) == {"表": ["person_name", "resident_id"]}
    assert any("身份证号" in note for note in document["tables"][0]["notes"])


def test_phones_in_the_notation_of_spreadsheets_are_told_in_a_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("姓名,手机\n" + "张伟,1.38E+10\n" * 20, encoding="utf-8")
    with speaking("en"):
        found = only(tmp_path / "a.csv")
    assert any("手机" in note and "1.38E+10" in note for note in found.notes)


def test_formulas_count_by_their_last_result(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", ("表", [["手机"], ["=1+1"]]))
    content = {}
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    content[sheet] = content[sheet].replace(b"<v></v>", b"<v>13800138000</v>").replace(b"<v />", b"<v>13800138000</v>")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    assert only(tmp_path / "a.xlsx").values == [("13800138000",)]


def test_a_wrong_size_in_the_sheet_hides_no_row(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", ("表", [["a", "b"], ["1", "2"], ["3", "4"]]))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    content[sheet] = content[sheet].replace(b'ref="A1:B3"', b'ref="A1"')
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    found = only(tmp_path / "a.xlsx")
    assert (found.columns, found.rows) == (("a", "b"), 2)


def test_an_old_workbook_is_read_with_its_dates(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("车辆")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    rows: list[list[object]] = [["车牌号", "手机", "登记日期"], ["粤A12345", 13800138000, date(2024, 1, 2)]]
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(place, column, value, style if isinstance(value, date) else xlwt.Style.default_style)
    made.save(str(tmp_path / "a.xls"))
    found = only(tmp_path / "a.xls")
    assert (found.name, found.values) == ("车辆", [("粤A12345", "13800138000", "2024-01-02")])


def test_an_open_workbook_is_read(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    body = (
        f"<table:table-row>{cell('姓名')}{cell('手机')}</table:table-row>"
        f"<table:table-row>{cell('张伟')}"
        '<table:table-cell office:value-type="float" office:value="13800138000"><text:p>1.38E+10</text:p>'
        "</table:table-cell></table:table-row>"
        f"<table:table-row table:number-rows-repeated='1048573'><table:table-cell/></table:table-row>"
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="驾驶员">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    found = only(tmp_path / "a.ods")
    assert (found.name, found.columns, found.values) == ("驾驶员", ("姓名", "手机"), [("张伟", "13800138000")])


def test_a_workbook_under_another_name_is_read_as_one_and_says_so(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", ("甲", [["姓名"], ["张伟"]]))
    (tmp_path / "a.xlsx").rename(tmp_path / "people.csv")
    with speaking("en"):
        found = only(tmp_path / "people.csv")
    assert (found.name, found.values) == ("甲", [("张伟",)])
    assert any(".csv" in note and "xlsx" in note for note in found.notes)


@pytest.mark.parametrize("mark", ["title", "margin", "sheet"])
def test_a_mark_of_state_secrets_on_one_sheet_leaves_nothing_of_the_workbook(tmp_path: Path, mark: str) -> None:
    title: list[list[object]] = [["机密", None, None]] if mark == "title" else []
    rows: list[list[object]] = [
        *title,
        ["桥名", "坐标", "荷载"],
        ["一桥", "113.2,23.1", 55],
        ["二桥", "113.3,23.2", 49],
    ]
    made = book(tmp_path / "a.xlsx", ("人员", [["姓名"], ["张伟"]]), ("机密" if mark == "sheet" else "桥梁", rows))
    if mark == "margin":
        header = made["桥梁"].oddHeader
        assert header is not None
        header.right.text = "机密★10年"
    made.save(tmp_path / "a.xlsx")
    result = scan([str(tmp_path / "a.xlsx")], Orders())
    assert (result.tables, result.skipped) == ((), ())
    assert result.secrets == (Secret(str(tmp_path / "a.xlsx")),)


def test_a_protected_workbook_asks_for_its_password(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableError, match="password"):
        only(path)
