"""Kills behind each step of a pull lose and double nothing, though the source is asked again from its mark."""

import gzip
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
from tests.audit.ingest.at_work import nginx
from tests.audit.ingest.pull import bucket
from tests.audit.ingest.pull.index import add, document, fill
from tests.faults.kill_pull import AIMS, BUCKET_AIMS, make_installation, run
from tests.opensearch_node import OPENSEARCH, ask


@contextmanager
def installed(home: Path, address: str) -> Iterator[None]:
    """Make an installation that the environment names, and that may pull from an address of this machine."""
    named = {"SOC_HOME": str(home), "SOC_PULL_TARGETS": urlsplit(address).netloc}
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    try:
        make_installation(home)
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def at_index(home: Path, documents: int) -> Iterator[tuple[Callable[[], UUID], set[str]]]:
    """An installation and an index with documents; yields what sets the pull up, and the paths the documents have."""
    index = f"pulled-{uuid4().hex[:10]}"

    def set_up() -> UUID:
        database = Database.open(Settings.load()).acting_for(SystemPath.OPERATOR)
        try:
            return add(database, index)
        finally:
            database.close()

    with installed(home, OPENSEARCH):
        try:
            fill(index, {number: document(number) for number in range(documents)})
            yield set_up, {f"/doc/{number}" for number in range(documents)}
        finally:
            ask("DELETE", f"/{index}")


@contextmanager
def at_bucket(home: Path, objects: int) -> Iterator[tuple[Callable[[], UUID], set[str]]]:
    """An installation and objects, every third packed, one of them large; yields as :func:`at_index` does."""
    with bucket.putting() as (prefix, put, _), installed(home, bucket.endpoint()):
        names = [f"/{number}/{line}" for number in range(objects) for line in range(40 if number else 4000)]
        for number in range(objects):
            body = nginx(*(name for name in names if name.startswith(f"/{number}/")))
            put(f"{number:03}.log", gzip.compress(body) if number % 3 == 2 else body)

        def set_up() -> UUID:
            database = Database.open(Settings.load()).acting_for(SystemPath.OPERATOR)
            try:
                return bucket.add(database, prefix)
            finally:
                database.close()

        yield set_up, set(names)


@pytest.mark.opensearch
@pytest.mark.skipif(not OPENSEARCH, reason="needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
def test_kills_of_a_pull_from_an_index_lose_and_double_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with at_index(home, 1500) as (set_up, there):
        outcome = run(home, set_up, AIMS, kills=8, seed=7, there=there)
    assert (outcome.struck, outcome.lost, outcome.doubled) == (6, 0, 0)


@pytest.mark.skipif(not bucket.URL, reason="needs an S3-compatible store: SOC_TEST_S3_URL is not set")
def test_kills_of_a_pull_from_a_bucket_lose_and_double_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with at_bucket(home, 40) as (set_up, there):
        outcome = run(home, set_up, BUCKET_AIMS, kills=7, seed=7, there=there)
    assert (outcome.struck, outcome.lost, outcome.doubled) == (5, 0, 0)
