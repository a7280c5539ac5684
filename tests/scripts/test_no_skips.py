"""Where every component is there, a skipped test fails the run."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "no_skips.py"


def run(folder: Path, *cases: str) -> subprocess.CompletedProcess[str]:
    report = folder / "report.xml"
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return subprocess.run([sys.executable, str(SCRIPT), str(report)], capture_output=True, text=True, check=False)


PASSED = '<testcase classname="a" name="passed"/>'
SKIPPED = '<testcase classname="a" name="b"><skipped type="pytest.skip" message="no PostgreSQL"/></testcase>'
EXPECTED_TO_FAIL = '<testcase classname="a" name="c"><skipped type="pytest.xfail" message="#12"/></testcase>'


def test_a_run_without_skips_is_good(tmp_path: Path) -> None:
    assert run(tmp_path, PASSED, EXPECTED_TO_FAIL).returncode == 0


def test_a_skipped_test_fails_and_is_named_with_its_reason(tmp_path: Path) -> None:
    done = run(tmp_path, PASSED, SKIPPED)

    assert done.returncode == 1
    assert "a::b: no PostgreSQL" in done.stdout


def test_a_run_of_no_test_fails(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 1


def test_a_missing_report_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "none.xml")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
