"""What the measurement on a cluster measures: the same events three ways, on streams that are gone afterwards."""

import os
from pathlib import Path

import pytest

from audit.ingest.bench_cluster import measured, run, told
from config.settings import Settings
from soc.errors import InputError
from soc.logstore.cluster import connected


@pytest.mark.opensearch
def test_the_whole_way_stores_what_the_bare_requests_bring(tmp_path: Path) -> None:
    url = os.environ["SOC_TEST_OPENSEARCH_URL"]
    found = measured(Settings.load({"SOC_HOME": str(tmp_path)}), url, "nginx", 3_000)
    said = told(found)
    assert found.rows == 3_000
    assert min(found.whole.wall, found.append.wall, found.bulk.wall) > 0
    assert said["ratio"] == round(found.bulk.wall / found.whole.wall, 3)
    assert not connected(url).indices.get_data_stream(name="guanlan-bench-*")["data_streams"]
    assert not list(Settings.load({"SOC_HOME": str(tmp_path)}).folder("work").iterdir())


def test_without_a_cluster_it_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOC_BENCH_OPENSEARCH_URL", "SOC_TEST_OPENSEARCH_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError) as refused:
        run(Settings.load({"SOC_HOME": str(tmp_path)}))
    assert refused.value.key == "errors.bench.cluster"
