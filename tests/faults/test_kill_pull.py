"""Kills behind each step of a pull lose and double nothing, though the source is asked again from its mark."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from tests.audit.ingest.pull.index import OPENSEARCH, add, ask, document, fill
from tests.faults.kill_pull import AIMS, make_installation, run


@contextmanager
def at_index(home: Path, documents: int) -> Iterator[tuple[Callable[[], UUID], set[str]]]:
    """An installation and an index with documents; yields what sets the pull up, and the paths the documents have."""
    index = f"pulled-{uuid4().hex[:10]}"
    named = {"SOC_HOME": str(home), "SOC_PULL_TARGETS": urlsplit(OPENSEARCH).netloc}
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    make_installation(home)

    def set_up() -> UUID:
        database = Database.open(Settings.load()).acting_for(SystemPath.OPERATOR)
        try:
            return add(database, index)
        finally:
            database.close()

    try:
        fill(index, {number: document(number) for number in range(documents)})
        yield set_up, {f"/doc/{number}" for number in range(documents)}
    finally:
        ask("DELETE", f"/{index}")
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.mark.opensearch
@pytest.mark.skipif(not OPENSEARCH, reason="needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
def test_kills_of_a_pull_from_an_index_lose_and_double_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with at_index(home, 1500) as (set_up, there):
        outcome = run(home, set_up, AIMS, kills=8, seed=7, there=there)
    assert (outcome.struck, outcome.lost, outcome.doubled) == (6, 0, 0)
