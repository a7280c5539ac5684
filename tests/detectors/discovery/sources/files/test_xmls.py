"""XML as rows."""

from pathlib import Path

import pytest

from detectors.discovery.sources.base import UnreadableError
from tests.detectors.discovery.sources.files.reads import only, tables

ROWS = "".join(
    f'<driver id="{number}"><姓名>张{number}</姓名><tel type="m">1380013800{number}</tel></driver>'
    for number in range(3)
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk", "utf-16"])
def test_repeated_elements_are_rows_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "drivers.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?><root><list>{ROWS}</list></root>'.encode(encoding))
    found = only(path)
    assert (found.name, found.rows) == ("drivers", 3)
    assert found.column("姓名") == ["张0", "张1", "张2"]
    assert found.column("@id") == ["0", "1", "2"]
    assert found.column("tel.#text")[2] == "13800138002"


def test_repeated_children_of_a_row_are_further_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<r><p><n>a</n><t>1</t><t>2</t></p><p><n>b</n><t>3</t></p></r>", encoding="utf-8")
    found = only(path)
    assert (found.rows, found.column("t[]"), found.column("t")) == (2, ["1", "2", None], [None, None, "3"])


def test_an_element_alone_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<?xml version='1.0'?><config><db><password>x</password></db></config>", encoding="utf-8")
    assert only(path).columns == ("db.password",)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]><a><b>&x;</b></a>', encoding="utf-8")
    with pytest.raises(UnreadableError, match="entities"):
        only(path)


def test_a_file_cut_in_the_middle_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"<?xml version='1.0'?><root>{ROWS}<driver id=", encoding="utf-8")
    found = only(path)
    assert (found.rows, len(found.notes)) == (3, 1)


def test_a_workbook_in_xml_has_its_sheets(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells) + "</Row>"

    path = tmp_path / "old.xls"
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="驾驶员"><Table>'
        + row("姓名", "手机") + row("张伟", "13800138000") + row("李娜", "13900139000")
        + "</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )  # fmt: skip
    (found,) = tables(path)
    assert (found.name, found.columns) == ("驾驶员", ("姓名", "手机"))
    assert any("xml" in note for note in found.notes)
