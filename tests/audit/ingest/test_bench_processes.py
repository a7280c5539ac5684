"""What the measurement of several processes measures: all lines, stored once, however many share them."""

from pathlib import Path

import pytest

from audit.ingest.bench_processes import Worked, told, worked_off
from config.settings import Settings


@pytest.mark.parametrize("processes", [1, 2])
def test_every_line_is_worked_off_by_so_many_processes(processes: int, tmp_path: Path) -> None:
    settings = Settings.load({"SOC_HOME": str(tmp_path)})
    found = worked_off(settings, processes, 120_000)
    assert found.lines == 120_000
    assert found.seconds > 0
    assert found.cpu_seconds > 0
    assert not list(settings.folder("work").iterdir())


def test_a_row_says_how_many_times_one_process_it_is() -> None:
    assert told(Worked(1_000, 2.0, 3.0), Worked(1_000, 4.0, 3.5)) == {
        "lines_per_second": 500,
        "times_one": 2.0,
        "seconds": 2.0,
        "cpu_seconds_per_100k": 300.0,
    }
