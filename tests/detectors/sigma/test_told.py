"""What a correlation's finding says, in both languages."""

from datetime import timedelta
from pathlib import Path

import pytest

from detectors.sigma.told import spoken
from soc.db import Database
from soc.logstore import open_store
from soc.text import Message
from tests.detectors.sigma.streaming import BOTH, COUNTED, DONE, FAILED, ORDERED, VALUES, Stream, a_folder, login


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=49), "49 seconds"), (timedelta(seconds=90), "90 seconds"), (timedelta(minutes=15), "15 min"),
        (timedelta(hours=1), "one hour"), (timedelta(minutes=100), "100 min"), (timedelta(hours=8, minutes=18), "8 hours"),
        (timedelta(days=1), "one day"), (timedelta(hours=36), "36 hours"), (timedelta(days=2, hours=3), "2 days"),
    ],
)  # fmt: skip
def test_a_duration_in_words(length: timedelta, words: str) -> None:
    assert Message.from_json(spoken(length)).render("en") == words


@pytest.fixture
def said(database: Database, tmp_path: Path) -> dict[str, tuple[str, str]]:
    """The first reason of each correlation of the same six logins, in Chinese and English; by its last digit."""
    stream = Stream(database, open_store(database.settings))
    stream.keep(a_folder(tmp_path, FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED))
    addresses = ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.1")
    events = [login(at, at, "eve", ok=at == 4, **{"src_endpoint.ip": ip}) for at, ip in enumerate(addresses)]
    stream.take(events, batch="b")
    stream.look()
    return {
        (one.rule_id or "")[-1]: (Message.from_json(one.reasons[0]).render("zh"), Message.from_json(one.reasons[0]).render("en"))
        for one in stream.findings()
    }  # fmt: skip


def test_the_reasons_count_name_and_order(said: dict[str, tuple[str, str]]) -> None:
    assert said["3"] == (
        "3 秒内命中 4 次：“Failed login”4 次（规则要求：60 秒内至少 3 次）",
        "4 hits within 3 seconds: “Failed login” 4 times (the rule asks for at least 3 within 60 seconds)",
    )
    assert said["4"][1].startswith(
        "3 different values of src_endpoint.ip within 4 seconds, such as 10.0.0.1, 10.0.0.2, 10.0.0.3 "
    )
    assert said["5"][1] == "Within 20 seconds, together: “Failed login” 4 times, “Login” once"
    assert said["6"][0] == "20 秒内依次出现：“Failed login”4 次、“Login”1 次"
