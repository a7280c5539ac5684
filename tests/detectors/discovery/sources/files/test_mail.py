"""E-mail and mailboxes."""

import io
from email.message import EmailMessage
from pathlib import Path

import openpyxl

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from tests.detectors.discovery.sources.files.reads import scanned, types
from tests.detectors.made import Maker


def message(text: str, subject: str = "材料") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "张伟 <zhang@gd.example.cn>", "b@gd.example.cn", subject
    made.set_content(text)
    return made


def workbook() -> bytes:
    maker, book, out = Maker(), openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.title = "名单"
    for row in [["姓名", "手机"], *([maker.person(), maker.mobile()] for _ in range(10))]:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def test_the_text_and_every_attachment_of_a_mail_are_read(tmp_path: Path) -> None:
    made = message(f"身份证号 {Maker().resident_id()}")
    made.add_attachment(workbook(), maintype="application", subtype="octet-stream", filename="名单.xlsx")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    document = scanned(tmp_path)
    found = types(document)
    assert {"email", "resident_id"} <= set(found["a.eml"])
    assert found["名单"] == ["person_name", "mobile"]
    assert {table["path"] for table in document["tables"]} == {
        str(tmp_path / "a.eml"),
        f"{tmp_path / 'a.eml'}!/名单.xlsx#名单",
    }


def test_chinese_in_a_charset_that_is_named_wrong_is_read(tmp_path: Path) -> None:
    head = b"From: a@gd.example.cn\r\nTo: b@gd.example.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    body = "住址：广东省广州市天河区体育东路100号，电话13800138000".encode("gb18030")
    text = head + b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
    (tmp_path / "a.eml").write_bytes(text)
    assert "mobile" in types(scanned(tmp_path))["a.eml"]


def test_a_forwarded_mail_is_an_object_of_its_own(tmp_path: Path) -> None:
    made = message("转发如下")
    made.add_attachment(message(f"电话 {Maker().mobile()}"))
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    found = types(scanned(tmp_path))
    assert [name for name, kinds in found.items() if "mobile" in kinds] != ["a.eml"]
    assert sum("mobile" in kinds for kinds in found.values()) == 1


def test_the_messages_of_a_mailbox_are_read_one_by_one(tmp_path: Path) -> None:
    lines = b"".join(
        b"From x Mon Jan 01 00:00:00 2024\n" + message(f"电话 {Maker(seed).mobile()}").as_bytes() + b"\n"
        for seed in range(3)
    )
    (tmp_path / "box.mbox").write_bytes(lines)
    paths = [table["path"] for table in scanned(tmp_path)["tables"]]
    assert paths == [f"{tmp_path / 'box.mbox'}!/{number}.eml" for number in (1, 2, 3)]


def test_a_marked_attachment_leaves_the_mail_and_is_gone_itself(tmp_path: Path) -> None:
    made = message("请查收")
    made.add_attachment("机密★10年\n方案".encode(), maintype="text", subtype="plain", filename="方案.txt")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    result = scan([str(tmp_path)], Orders())
    assert [table.name for table in result.tables] == ["a.eml"]
    assert result.secrets == (Secret(f"{tmp_path / 'a.eml'}!/方案.txt"),)
