"""What the measurement of freshness measures: a whole installation that takes lines in and finds them."""

from pathlib import Path

import pytest

from audit.ingest.bench_fresh import at_load, installed
from config.settings import Settings


@pytest.mark.slow
def test_probes_are_found_while_other_lines_come_in(tmp_path: Path) -> None:
    settings = Settings.load({"SOC_HOME": str(tmp_path)})
    with installed(settings, "") as installation:
        told = at_load(installation, 5_000, 4.0)
    assert told["probes"] >= 1
    assert told["lines_per_second"] > 0
    assert 0 < told["p50"] <= told["max"]
    assert not list(settings.folder("work").iterdir()), "the measured home is gone"
