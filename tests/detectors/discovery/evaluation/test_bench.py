"""The peer of the benchmarks is a working one, and the figures come out in the form that others read."""

import pytest

from detectors.discovery.evaluation import bench
from detectors.discovery.evaluation.peer import Peer


def test_presidio_as_the_peer_finds_names_and_numbers() -> None:
    text = "张伟在广东省交通运输厅工作，手机13800138000"
    found = [(one.type, text[one.start : one.end]) for one in Peer().read(text)]
    assert ("person_name", "张伟") in found
    assert ("mobile", "13800138000") in found


def test_a_benchmark_says_its_figure_beside_its_limit_and_its_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings import Settings

    for name, value in {"_ROWS": 30, "_PEER_VALUES": 60}.items():
        monkeypatch.setattr(bench, name, value)
    found = bench.columns(Settings.load())
    assert {"name", "figure", "unit", "limit", "ratio", "peers", "machine"} <= set(found)
    assert found["figure"] > 0
    assert found["peers"]["presidio"]["values"] > 0
