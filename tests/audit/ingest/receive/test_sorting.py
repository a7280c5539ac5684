"""Messages by format, where a port takes any."""

import pytest

from audit.ingest.formats import Format, ParseOptions
from audit.ingest.guess import guess_format
from audit.ingest.receive import allowance, sorting
from audit.ingest.receive.allowance import Allowance
from audit.ingest.receive.basket import Message
from audit.ingest.receive.heads import programs_of, with_head
from audit.ingest.receive.sorting import Sorter
from tests.conftest import NOON


def test_a_program_is_told_by_its_head_and_else_by_its_sender() -> None:
    texts = [
        b"<13>1 2026-11-26T02:00:00Z host permits 4 - - x",
        b"<13>Nov 26 02:00:00 host sshd[9]: x",
        b"<13>1 2026-11-26T02:00:00Z host - 4 - - x",
        b"CEF:0|a|b",
        b"\xff\xfe",
    ]
    assert programs_of([Message("10.0.0.1", text) for text in texts]) == [
        *("permits", "sshd", "from 10.0.0.1", "from 10.0.0.1", "from 10.0.0.1"),
    ]


def test_a_head_keeps_the_priority_that_was_said() -> None:
    assert with_head(Message("10.0.0.1", b"<11>down"), NOON) == b"<11>1 2026-11-22T04:00:00+00:00 10.0.0.1 - - - - down"
    assert with_head(Message("10.0.0.1", b"down"), NOON).startswith(b"<13>1 ")


def test_guesses_come_back_with_time() -> None:
    at = [0.0]
    kept = Allowance(lambda: at[0])
    assert [kept.take() for _ in range(31)] == [True] * 30 + [False]
    at[0] = 2.0
    assert [kept.take() for _ in range(2)] == [True, False]


def test_a_program_is_guessed_once_and_many_programs_cost_no_more_than_the_allowance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guessed: list[bytes] = []

    def counted(text: bytes, options: ParseOptions) -> Format | None:
        guessed.append(text)
        return guess_format(text, options)

    monkeypatch.setattr(sorting, "guess_format", counted)
    monkeypatch.setattr(allowance, "_IN_A_ROW", 3)
    sorter = Sorter("auto", lambda: 0.0)
    message = "<13>1 2026-11-26T02:00:00Z host {} 4 - - x"
    for _ in range(3):
        sorter.sort([Message("10.0.0.1", message.format("permits").encode())], ParseOptions())
    assert len(guessed) == 1
    many = [Message("10.0.0.1", message.format(f"p{number}").encode()) for number in range(60)]
    (body,) = sorter.sort(many, ParseOptions()).values()
    assert (len(guessed), body.count(b"\n")) == (3, 60)
