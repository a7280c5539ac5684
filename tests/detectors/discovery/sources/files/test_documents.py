"""Word, presentations, PDF, HTML, RTF, plain text: what is found in them, and marks of state secrets."""

import io
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pytest
from pptx.util import Inches
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.files import texts
from detectors.discovery.sources.files.rtf import text_of
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import scanned, types
from tests.detectors.made import Maker

Write = Callable[[Path, list[str]], Path]


def word(path: Path, lines: list[str]) -> Path:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    made.save(str(path.with_suffix(".docx")))
    return path.with_suffix(".docx")


def slides(path: Path, lines: list[str]) -> Path:
    made = pptx.Presentation()
    for line in lines:
        slide = made.slides.add_slide(made.slide_layouts[6])
        slide.shapes.add_textbox(Inches(1), Inches(1), Inches(6), Inches(1)).text_frame.text = line
    made.save(str(path.with_suffix(".pptx")))
    return path.with_suffix(".pptx")


def pdf(path: Path, lines: list[str]) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path.with_suffix(".pdf")))
    for start in range(0, len(lines), 20):
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(lines[start : start + 20]):
            canvas.drawString(72, 780 - 30 * number, line)
        canvas.showPage()
    canvas.save()
    return path.with_suffix(".pdf")


def page(path: Path, lines: list[str]) -> Path:
    made = path.with_suffix(".html")
    made.write_text("<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>", encoding="gb18030")
    return made


def note(path: Path, lines: list[str]) -> Path:
    path.with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
    return path.with_suffix(".md")


WRITERS = [word, slides, pdf, page, note]


@pytest.mark.parametrize("write", WRITERS)
def test_what_stands_in_a_text_is_its_columns(tmp_path: Path, write: Write) -> None:
    maker = Maker()
    lines = ["关于张伟同志的情况说明", f"其身份证号为{maker.resident_id()}，联系电话{maker.mobile()}。", "特此说明。"]
    path = write(tmp_path / "说明", lines)
    document = scanned(tmp_path)
    (table,) = document["tables"]
    assert (table["name"], table["path"]) == (path.name, str(path))
    assert {"resident_id", "mobile"} <= {column["type"] for column in table["columns"]}
    assert all(column["name"] == column["type"] for column in table["columns"])
    assert document["skipped"] == []


def test_counts_are_the_evidence_and_no_value_is_kept(tmp_path: Path) -> None:
    maker = Maker()
    phones = [maker.mobile() for _ in range(5)]
    word(tmp_path / "a", [f"电话{phone}" for phone in phones])
    document = scanned(tmp_path)
    (column,) = document["tables"][0]["columns"]
    assert (column["type"], column["evidence"]["filled"]) == ("mobile", 5)
    assert not any(phone in str(document) for phone in phones)


def test_a_text_without_anything_sensitive_is_told_as_such(tmp_path: Path) -> None:
    word(tmp_path / "a", ["今天天气很好。", "道路畅通。"])
    (column,) = scanned(tmp_path)["tables"][0]["columns"]
    assert (column["name"], column["type"], column["level"]) == ("text", None, "G1")


@pytest.mark.parametrize("write", WRITERS)
def test_a_mark_on_the_first_page_leaves_nothing_but_the_path(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "方案", ["机密★10年", "某桥防护方案", f"联系人电话{Maker().mobile()}"])
    result = scan([str(tmp_path)], Orders())
    assert (result.tables, result.skipped, result.secrets) == ((), (), (Secret(str(path)),))


@pytest.mark.parametrize("write", WRITERS)
def test_a_text_that_speaks_of_secrets_is_read(tmp_path: Path, write: Write) -> None:
    write(
        tmp_path / "规定", ["商业秘密保护规定", "应当保守国家秘密和工作秘密。", "文件上标注“机密★10年”的，按规定办理。"]
    )
    result = scan([str(tmp_path)], Orders())
    assert (len(result.tables), result.secrets) == (1, ())


@pytest.mark.parametrize("place", ["header", "footer", "first", "box", "table"])
def test_a_mark_in_the_margin_a_box_or_a_table_of_a_document_counts(tmp_path: Path, place: str) -> None:
    made = docx.Document()
    section = made.sections[0]
    if place == "first":
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "绝密"
    elif place in {"header", "footer"}:
        getattr(section, place).paragraphs[0].text = "机密★启封前"
    made.add_paragraph("某厅文件")
    if place == "table":
        table = made.add_table(rows=3, cols=2)
        for row, cells in zip(table.rows, [("份号", "密级"), ("000001", "秘密★5年"), ("1", "2")], strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    if place == "box":
        from docx.oxml import parse_xml

        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        box = f"<w:r {space}><w:pict><w:txbxContent><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
        made.paragraphs[0]._p.append(parse_xml(box))
    made.save(str(tmp_path / "a.docx"))
    assert scan([str(tmp_path)], Orders()).secrets == (Secret(str(tmp_path / "a.docx")),)


def test_a_table_in_a_document_is_a_table_and_a_form_is_text(tmp_path: Path) -> None:
    maker, made = Maker(), docx.Document()
    rows = [("姓名", "手机"), *((maker.person(), maker.mobile()) for _ in range(8))]
    form = [
        ("姓名", "张伟", "联系电话", maker.mobile()),
        ("身份证号", maker.resident_id(), "住址", "广东省广州市天河区"),
    ]
    for content in (rows, form):
        table = made.add_table(rows=len(content), cols=len(content[0]))
        for row, cells in zip(table.rows, content, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    made.save(str(tmp_path / "名单.docx"))
    found = types(scanned(tmp_path))
    assert found["名单#1"] == ["person_name", "mobile"]
    assert {"resident_id", "mobile"} <= set(found["名单.docx"])


def test_a_table_on_a_slide_is_a_table(tmp_path: Path) -> None:
    maker, made = Maker(), pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    rows = [("车牌号", "手机"), *((maker.plate(), maker.mobile()) for _ in range(6))]
    table = slide.shapes.add_table(len(rows), 2, Inches(1), Inches(1), Inches(6), Inches(3)).table
    for place, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(place, column).text = text
    slide.notes_slide.notes_text_frame.text = f"主讲人邮箱 {maker.email()}"
    made.save(str(tmp_path / "汇报.pptx"))
    found = types(scanned(tmp_path))
    assert found == {"汇报.pptx": ["email"], "汇报#1": ["plate", "mobile"]}


def test_a_page_that_calls_itself_a_workbook_is_a_table(tmp_path: Path) -> None:
    maker = Maker()
    rows = "".join(f"<tr><td>{maker.person()}</td><td>{maker.resident_id()}</td></tr>" for _ in range(10))
    text = f'<html><head><meta charset="gbk"></head><table><tr><th>姓名</th><th>身份证号</th></tr>{rows}</table></html>'
    (tmp_path / "导出.xls").write_bytes(text.encode("gbk"))
    document = scanned(tmp_path)
    assert types(document) == {"导出": ["person_name", "resident_id"]}
    assert any("html" in one for one in document["tables"][0]["notes"])


def test_scripts_and_styles_are_no_text_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<html><script>var p='13800138000'</script><style>a{}</style><body><p>联系邮箱 a.b@gd.example.cn</p></body></html>",
        encoding="utf-8",
    )
    assert types(scanned(tmp_path)) == {"a.html": ["email"]}


def test_an_encrypted_pdf_asks_for_its_password_and_one_without_a_reader_s_is_read(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    for name, password in (("locked", "geheim"), ("open", "")):
        writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "plain", ["电话13800138000。"])))
        writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
        writer.write(tmp_path / f"{name}.pdf")
    (tmp_path / "plain.pdf").unlink()
    with speaking("en"):
        document = scanned(tmp_path)
    assert types(document) == {"open.pdf": ["mobile"]}
    assert [("password" in one["reason"], Path(one["path"]).name) for one in document["skipped"]] == [
        (True, "locked.pdf")
    ]


def test_a_long_pdf_is_read_in_part_and_says_so(tmp_path: Path) -> None:
    pdf(tmp_path / "a", [f"第{number}行" for number in range(20 * 130)])
    with speaking("en"):
        (table,) = scanned(tmp_path)["tables"]
        (whole,) = scanned(tmp_path, full=True)["tables"]
    assert (table["rows"], "of 130 pages" in table["notes"][0]) == (130, True)
    assert "notes" not in whole


@pytest.mark.parametrize("cut", [60, 400])
def test_documents_cut_short_are_named_and_nothing_else_is_lost(tmp_path: Path, cut: int) -> None:
    for write in (word, slides, pdf):
        path = write(tmp_path / "cut", ["电话13800138000。"])
        path.write_bytes(path.read_bytes()[:-cut] if write is not pdf else path.read_bytes()[:cut])
    word(tmp_path / "whole", ["电话13800138000。"])
    document = scanned(tmp_path)
    assert types(document) == {"whole.docx": ["mobile"]}
    assert {Path(one["path"]).suffix for one in document["skipped"]} == {".docx", ".pptx", ".pdf"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 Arial;}}\\pard \\'d5\\'c5\\'ce\\'b0 13800138000\\par}", "张伟 13800138000\n"),
        (b"{\\rtf1\\ansi\\uc1 \\u24352?\\u20255? tel\\par}", "张伟tel\n"),
    ],
)  # fmt: skip
def test_rtf_is_read_by_bytes_and_by_numbers(content: bytes, text: str) -> None:
    assert text_of(content).replace(" tel", "tel") == text


def test_secrets_in_source_code_and_settings_are_found(tmp_path: Path) -> None:
    (tmp_path / "app.properties").write_text(
        "spring.datasource.url=jdbc:mysql://10.1.2.3:3306/tms?user=root&password=Gd2024#x\nserver.port=8080\n",
        encoding="utf-8",
    )
    (tmp_path / "id.pem").write_text(
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n", encoding="utf-8"
    )
    found = types(scanned(tmp_path))
    assert "jdbc" in found["app.properties"]
    assert "private_key" in found["id.pem"]


def test_a_list_in_a_text_file_is_a_table_and_a_log_is_text(tmp_path: Path) -> None:
    maker = Maker()
    (tmp_path / "list.txt").write_text("\n".join(["手机", *(maker.mobile() for _ in range(30))]), encoding="gbk")
    (tmp_path / "tabs.dat").write_text(
        "\n".join(["姓名\t手机", *(f"{maker.person()}\t{maker.mobile()}" for _ in range(30))]), encoding="utf-8"
    )
    (tmp_path / "app.log").write_text(
        "\n".join(f"2024-01-01 00:00:{n:02} INFO user={maker.mobile()} ok" for n in range(30)), encoding="utf-8"
    )
    found = types(scanned(tmp_path))
    assert found["list"] == ["mobile"]
    assert found["tabs"] == ["person_name", "mobile"]
    assert "mobile" in found["app.log"]


def test_a_large_log_is_read_all_over_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_WHOLE", 1000)
    maker, out = Maker(), io.StringIO()
    for number in range(60_000):
        out.write(f"line {number} done\n" if number < 40_000 else f"line {number} tel {maker.mobile()}\n")
    (tmp_path / "big.log").write_text(out.getvalue(), encoding="utf-8")
    with speaking("en"):
        (table,) = scanned(tmp_path)["tables"]
    assert table["columns"][0]["type"] == "mobile"
    assert abs(table["rows"] - 60_000) < 6_000
    assert table["rows_estimated"]
    assert "was read" in table["notes"][0]
