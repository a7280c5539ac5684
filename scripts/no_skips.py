"""Fail when a test of a JUnit report was skipped, or when it holds none: where every component is, all must run."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def skipped(report: Path) -> tuple[int, list[str]]:
    """Return how many tests the report holds, and a line for each that was skipped."""
    cases = list(ET.parse(report).getroot().iter("testcase"))
    lines = [
        f"{case.get('classname')}::{case.get('name')}: {reason.get('message')}"
        for case in cases
        for reason in case.iter("skipped")
        if reason.get("type") != "pytest.xfail"
    ]
    return len(cases), lines


def main() -> int:
    """Print what was skipped; 1 if anything was."""
    report = Path(sys.argv[1])
    if not report.exists():
        print(f"no report at {report}: pytest did not get that far", file=sys.stderr)
        return 1
    total, lines = skipped(report)
    print("\n".join([*lines, f"{total} tests, {len(lines)} of them skipped"]))
    return 1 if lines or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
