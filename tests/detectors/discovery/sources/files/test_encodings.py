"""Encodings, wherever in the file their first sign stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.encodings import charset_of
from detectors.discovery.sources.files.handle import of_bytes, of_path

TEXT = "姓名,单位,住址\n张伟,广州市公共汽车公司,广东省广州市天河区体育东路\n欧阳娜,深圳地铁集团,深圳市福田区\n"
TRADITIONAL = "姓名,單位,住址\n陳大文,香港運輸署,香港九龍彌敦道一百號\n黃小明,臺灣鐵路管理局,臺北市中正區\n"

COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下"


def name(content: bytes) -> str:
    return charset_of(of_bytes("a.csv", content)).name


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_text_without_a_mark_is_told_by_its_bytes(encoding: str) -> None:
    assert name(TEXT.encode(encoding)) == encoding


def test_big5_is_told_from_gb18030() -> None:
    assert name(TRADITIONAL.encode("big5")) == "big5"
    assert name(TRADITIONAL.encode("gb18030")) == "gb18030"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_chinese_after_megabytes_of_ascii_decides(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"id,remark\n" * 300_000 + TRADITIONAL.encode(encoding))
    assert charset_of(of_path(path)).name == encoding


def test_one_damaged_line_does_not_make_utf_8_another_encoding() -> None:
    assert name(TEXT.encode() * 5 + b"\xd5\xc5\xce\xb0,x\n" + TEXT.encode() * 5) == "utf-8"


def test_a_character_cut_by_the_end_of_the_file_is_forgiven() -> None:
    assert name(TEXT.encode() + "张".encode()[:2]) == "utf-8"
    assert name(TEXT.encode("gb18030") + "张".encode("gb18030")[:1]) == "gb18030"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnreadableError, match="encoding"):
        name(bytes(range(128, 256)) * 8 + b"\x01\x02\x03\n\xff\xff\xfe\x00")


@settings(max_examples=80)
@given(
    words=st.lists(st.text(COMMON, min_size=4, max_size=12), min_size=2, max_size=20),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le", "utf-16-be"]),
)
def test_everyday_chinese_comes_out_as_it_went_in(words: list[str], encoding: str) -> None:
    text = "name,value\n" + "\n".join(f"{word},1" for word in words) + "\n"
    charset = charset_of(of_bytes("a.csv", text.encode(encoding)))
    assert charset.decode(text.encode(encoding)) == text
