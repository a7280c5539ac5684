"""Which log format a message is in, where its listener takes any: told once for each program, then remembered.

Guessing tries every format and costs half a second, so it is done seldom. What the program's
format does not read (its start-up notes among its access lines) goes to plain syslog, which reads
every line with a head; so does all of a program that no format knows.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

import polars as pl

from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.formats.own import edition, is_own, own_named
from audit.ingest.guess import SAMPLE, guess_format
from audit.ingest.receive.allowance import Guesses
from audit.ingest.receive.basket import Message
from audit.ingest.receive.heads import one_record, places_of, programs_of, with_head

AUTO = "auto"
#: what every message with a head can be read as
PLAIN = "syslog"
_MOST_PROGRAMS = 10_000


class Sorter:
    """Sorts one listener's messages by format; remembers what it was told."""

    def __init__(self, format_name: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Sort into ``format_name``, or by what the messages look like where it is ``auto``."""
        self._format = format_name
        #: by program, and by which own formats were in force when it was guessed
        self._guesses = Guesses[str](_MOST_PROGRAMS, clock)

    def sort(self, messages: Sequence[Message], options: ParseOptions) -> dict[str, bytes]:
        """Return format → the lines of its messages, in their order."""
        grouped = self._grouped(messages, options)
        plain = grouped.pop(PLAIN, [])
        bodies = {}
        for name, held in grouped.items():
            strange = _unread(name, held, options) if self._format == AUTO else set()
            plain += [held[place] for place in sorted(strange)]
            read = [one for place, one in enumerate(held) if place not in strange]
            if read:
                bodies[name] = _body(one.text for one in read)
        if plain:
            bodies[PLAIN] = _plain_body(plain, options)
        return bodies

    def _grouped(self, messages: Sequence[Message], options: ParseOptions) -> dict[str, list[Message]]:
        if self._format != AUTO:
            # an own format may be taken out of force while its listener runs
            known = not is_own(self._format) or own_named(self._format) is not None
            return {self._format if known else PLAIN: list(messages)}
        by_program: defaultdict[str, list[Message]] = defaultdict(list)
        for program, message in zip(programs_of(messages), messages, strict=True):
            by_program[program].append(message)
        grouped: defaultdict[str, list[Message]] = defaultdict(list)
        for program, held in by_program.items():
            told = self._guesses.told((edition(), program), partial(_guessed, held, options))
            grouped[told or PLAIN] += held
        return grouped


def _guessed(held: Sequence[Message], options: ParseOptions) -> str:
    """The format that a program's messages look like; plain syslog where no format knows them."""
    found = guess_format(_body(one.text for one in held)[:SAMPLE], options)
    return found.name if found else PLAIN


def _body(texts: Iterable[bytes]) -> bytes:
    return b"".join(one_record(text) + b"\n" for text in texts)


def _unread(name: str, held: list[Message], options: ParseOptions) -> set[int]:
    """Return the places of the messages that the format does not read."""
    texts = [one_record(one.text) for one in held]
    parsed = parse_bytes(find_format(name), b"\n".join(texts), options)
    return set(places_of(parsed.filter(pl.col("error").is_not_null())["line"], texts))


def _plain_body(plain: list[Message], options: ParseOptions) -> bytes:
    headless = _unread(PLAIN, plain, options)
    received: datetime = options.received
    return _body(with_head(one, received) if place in headless else one.text for place, one in enumerate(plain))
