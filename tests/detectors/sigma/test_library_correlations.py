"""Each shipped correlation fires on its case as it comes in, and keeps still on what stands beside it."""

from datetime import timedelta
from typing import Any

import pytest

from detectors.sigma.book import book_of
from detectors.sigma.rules import LIBRARY, read_file, read_rules
from detectors.sigma.service import keep_library
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from tests.conftest import NOON
from tests.detectors.sigma.correlation_cases import CASES, Told
from tests.detectors.sigma.streaming import Stream


@pytest.fixture
def stream(database: Database) -> Stream:
    with database.write() as session:
        keep_library(session, operator_actor(session))
    return Stream(database, open_store(database.settings))


def test_every_shipped_correlation_has_its_case() -> None:
    shipped = {path.stem for path in (LIBRARY / "correlations").glob("*.yml")}
    assert {name for name, _, _ in CASES} == shipped


def test_every_part_is_named_by_a_correlation_and_raises_nothing_by_itself(stream: Stream) -> None:
    parts = read_rules(LIBRARY / "correlations" / "parts")
    assert {part.id for part in parts} <= book_of(stream.database).quiet


@pytest.mark.parametrize(("name", "positive", "negative"), CASES, ids=[case[0] for case in CASES])
def test_a_shipped_correlation_fires_on_its_case_and_not_on_its_neighbour(
    stream: Stream, name: str, positive: Told, negative: Told
) -> None:
    (rule,) = read_file(LIBRARY / "correlations" / f"{name}.yml")
    take(stream, negative, "neighbour")
    assert rule.id not in {one.rule_id for one in stream.findings()}
    take(stream, [(second + 1_000_000, event) for second, event in positive], "case")
    found = [one for one in stream.findings() if one.rule_id == rule.id]
    assert len(found) == (1 if positive else 0)
    for one in found:
        assert one.reasons[0]["key"].startswith("rules.correlation.")


def take(stream: Stream, told: Told, batch: str) -> None:
    """Take events in as two batches, the later first, as two receivers bring them."""
    events = [whole(f"{batch}-{number}", second, event) for number, (second, event) in enumerate(told)]
    for number, some in enumerate((events[len(events) // 2 :], events[: len(events) // 2])):
        if some:
            stream.take(some, batch=f"{batch}-{number}")
    stream.look()


def whole(uid: str, second: float, event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "metadata.uid": uid, "time": NOON + timedelta(seconds=second)}
