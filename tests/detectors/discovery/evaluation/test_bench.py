"""The peer of the benchmarks is a working one, and the figures come out in the form that others read."""

import pytest

from detectors.discovery.evaluation import bench
from detectors.discovery.evaluation.peer import Peer
from detectors.discovery.evaluation.tables import Known, KnownTable


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


def test_a_strangers_tables_and_prose_stand_beside_the_two_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings import Settings

    some = {"tables_of_a_stranger": 3, "tables_of_another_stranger": 3, "texts_of_a_stranger": 9}
    for name, count in some.items():
        few = getattr(bench, name)(1)[:count]
        monkeypatch.setattr(bench, name, lambda _seed, few=few: few)
    # the third, fourth, fifth and sixth stranger's own tables are looked at by ``soc bench accuracy`` only: nothing may come to be mended against them here
    made_up = [KnownTable("made up", (Known("phones", "mobile", "手机号", ("13800138000",) * 5),))]
    for which in ("third", "fourth", "fifth", "sixth"):
        monkeypatch.setattr(bench, f"tables_of_a_{which}_stranger", lambda _seed: made_up)
    monkeypatch.setattr(bench, "_accuracy", lambda _half: {"columns": {"headers": {"top1": 1.0}}})
    halves = bench.accuracy(Settings.load())["halves"]
    unread = {"third stranger", "fourth stranger", "fifth stranger", "sixth stranger"}
    assert set(halves) == {"development", "heldout", "stranger", "second stranger", *unread}
    assert halves["second stranger"]["columns"]["headers"]["columns"] > 3
    for stranger in unread:
        assert {halves[stranger]["columns"][how]["columns"] for how in ("headers", "hidden")} == {1}
    assert halves["stranger"]["columns"]["headers"]["columns"] == 33
    assert 0 < halves["stranger"]["texts_f1"]["person_name"] <= 1
