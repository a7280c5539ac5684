"""Alive, ready, measured."""

from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families

from soc.db import Database
from tests.browsing import Browser


def test_a_fresh_installation_is_alive_and_ready(client: Browser) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200


def test_it_is_not_healthy_where_a_batch_could_not_be_written(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["problems"] == {"disk": "No space left on device"}  # type: ignore[index]


def test_it_is_not_healthy_without_its_database(app: APIFlask, database: Database) -> None:
    app.extensions["guanlan"] = replace(app.extensions["guanlan"], database=_away(database))
    assert app.test_client().get("/healthz").status_code == 503


def _away(database: Database) -> Database:
    """Return a database that nobody serves."""
    settings = database.settings.with_changes(database_url="postgresql://nobody@127.0.0.1:1/none")
    return Database.open(settings)


def test_the_metrics_can_be_scraped_and_count_routes_not_paths(client: Browser) -> None:
    client.get("/people/018f0000-0000-7000-8000-000000000000")
    text = client.get("/metrics").text
    families = {family.name for family in text_string_to_metric_families(text)}
    assert {"guanlan_requests", "guanlan_request_seconds"} <= families
    assert {"guanlan_ingest_lag_seconds", "guanlan_ingest_queue_batches", "guanlan_job_lag_seconds"} <= families
    assert "018f0000" not in text
