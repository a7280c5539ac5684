"""Tests of one group run in one process, and those of one file; the others are shared out."""

import subprocess
import sys
from pathlib import Path

from tests.groups import GROUPS, group_of, in_order

ROOT = Path(__file__).parents[1]
WHERE = """
import os, pathlib, pytest, time
@pytest.mark.parametrize("number", range(6))
def test_where(number):
    time.sleep(0.2)
    with open(os.environ["SEEN"], "a") as file:
        file.write(pathlib.Path(__file__).name + " " + os.environ["PYTEST_XDIST_WORKER"] + chr(10))
"""


def test_every_file_of_a_group_is_there() -> None:
    assert [name for name in GROUPS if not (ROOT / name).is_file()] == []


def test_a_file_of_no_group_is_its_own() -> None:
    assert group_of("tests/e2e/test_tour.py::test_x[a@b]") == "tour"
    assert group_of("tests/soc/test_x.py::test_y[a]") == "tests/soc/test_x.py"


def test_groups_come_first_then_files_with_slow_tests_each_in_its_own_order() -> None:
    tests = [
        ("a.py::one", False),
        ("b.py::one", False),
        ("b.py::two", True),
        ("tests/e2e/test_tour.py::x", True),
        ("a.py::two", False),
    ]
    assert in_order(tests) == [3, 1, 2, 0, 4]


def test_groups_and_files_keep_to_one_process_and_both_work(tmp_path: Path) -> None:
    for name in ("test_tour.py", "test_other.py", "test_third.py"):
        file = tmp_path / "tests" / "e2e" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(WHERE)
    seen = tmp_path / "seen"
    words = ["-q", "-n", "2", "--dist", "loadgroup", "-p", "tests.groups", "--rootdir", str(tmp_path), "tests"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words, "-p", "no:cacheprovider"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "SEEN": str(seen), "PATH": "/usr/bin:/bin"}, check=True, timeout=120,
    )  # fmt: skip
    ran = [tuple(line.split()) for line in seen.read_text().splitlines()]
    assert len(ran) == 18
    assert len({worker for _file, worker in ran}) == 2
    assert sorted(file for file, _worker in set(ran)) == ["test_other.py", "test_third.py", "test_tour.py"]
