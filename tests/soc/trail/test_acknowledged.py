from pathlib import Path

from soc.trail.acknowledged import FILE, Mark, drop_marks, read_marks


def test_a_torn_last_line_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("1 aa\n2 bb\n3 c")
    assert read_marks(tmp_path) == (Mark(1, "aa"), Mark(2, "bb"))


def test_rubbish_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x y\n\n1\n\xff\xfe\n4 dd\n")
    assert read_marks(tmp_path) == (Mark(4, "dd"),)


def test_no_file_means_no_marks(tmp_path: Path) -> None:
    assert read_marks(tmp_path) == ()


def test_only_what_is_known_is_dropped(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("1 aa\n2 bb\n3 cc\n")
    drop_marks(tmp_path, lambda row: row != 2)
    assert read_marks(tmp_path) == (Mark(2, "bb"),)
