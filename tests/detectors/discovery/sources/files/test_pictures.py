"""Text in pictures: a drawn ID card, upright, turned, pale; scanned pages; and what is said without the extra."""

import io
from pathlib import Path

import docx
import pytest
from docx.shared import Inches
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.files import pictures
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import scanned, types
from tests.detectors.made import Maker

_FONTS = [Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pictures.available(), reason="needs the extra ocr"),
    pytest.mark.skipif(not any(font.exists() for font in _FONTS), reason="needs a Han font: fonts-noto-cjk"),
]
Colour = tuple[int, int, int]


def drawn(lines: list[str], *, ink: Colour = (20, 20, 20), paper: Colour = (225, 235, 245)) -> Image.Image:
    font = ImageFont.truetype(str(next(font for font in _FONTS if font.exists())), 34)
    made = Image.new("RGB", (1000, 90 * len(lines) + 60), paper)
    for number, line in enumerate(lines):
        ImageDraw.Draw(made).text((60, 40 + 90 * number), line, font=font, fill=ink)
    return made


def card(**colours: Colour) -> Image.Image:
    number = Maker().resident_id()
    return drawn(
        ["姓名  张伟", "性别  男   民族  汉", "住址  广东省广州市天河区", f"公民身份号码  {number}"], **colours
    )


def data(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.mark.parametrize("way", ["upright", "quarter", "half", "aslant", "pale"])
def test_a_photographed_id_card_is_found(tmp_path: Path, way: str) -> None:
    made = card(ink=(205, 205, 205), paper=(226, 226, 226)) if way == "pale" else card()
    angle = {"quarter": 90, "half": 180, "aslant": 9}.get(way, 0)
    made.rotate(angle, expand=True, fillcolor=(90, 90, 90)).save(tmp_path / "证件.png")
    assert "resident_id" in types(scanned(tmp_path))["证件.png"]


def test_a_camera_s_note_of_how_it_was_held_is_obeyed(tmp_path: Path) -> None:
    made = card().rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    made.save(tmp_path / "a.jpg", exif=exif)
    assert "resident_id" in types(scanned(tmp_path))["a.jpg"]


def test_a_scanned_page_of_a_pdf_and_a_picture_in_a_document_are_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "scan.pdf"))
    canvas.drawImage(ImageReader(card()), 40, 400, width=500, height=210)
    canvas.save()
    made = docx.Document()
    made.add_paragraph("附件如下")
    made.add_picture(io.BytesIO(data(card())), width=Inches(5))
    made.save(str(tmp_path / "a.docx"))
    found = types(scanned(tmp_path))
    assert "resident_id" in found["scan.pdf"]
    assert "resident_id" in found["a.docx"]


def test_a_mark_in_a_picture_counts(tmp_path: Path) -> None:
    drawn(["机密★10年", "某桥防护方案", "联系电话 13800138000"]).save(tmp_path / "a.png")
    assert scan([str(tmp_path)], Orders()).secrets == (Secret(str(tmp_path / "a.png")),)


def test_a_picture_without_text_has_nothing(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), (10, 120, 40)).save(tmp_path / "a.bmp")
    (column,) = scanned(tmp_path)["tables"][0]["columns"]
    assert column["type"] is None


def test_without_the_extra_the_reason_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "available", lambda: False)
    card().save(tmp_path / "a.png")
    made = docx.Document()
    made.add_picture(io.BytesIO(data(card())), width=Inches(5))
    made.save(str(tmp_path / "b.docx"))
    with speaking("en"):
        document = scanned(tmp_path)
    assert "guanlan[ocr]" in document["skipped"][0]["reason"]
    assert "guanlan[ocr]" in document["tables"][0]["notes"][0]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_PIXELS", 1000)
    card().save(tmp_path / "a.png")
    document = scanned(tmp_path)
    assert (document["tables"], len(document["skipped"])) == ([], 1)


def test_a_picture_cut_short_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(data(card())[:200])
    document = scanned(tmp_path)
    assert (document["tables"], len(document["skipped"])) == ([], 1)
