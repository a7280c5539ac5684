"""Which log format a message is in, where its listener takes any: told once for each program, then remembered.

Guessing tries every format and costs half a second, so it is done seldom. What the program's
format does not read (its start-up notes among its access lines) goes to plain syslog, which reads
every line with a head; so does all of a program that no format knows.
"""

import time
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import accumulate

import polars as pl

from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.guess import SAMPLE, guess_format
from audit.ingest.receive.allowance import Allowance
from audit.ingest.receive.basket import Message
from audit.ingest.receive.heads import one_record, programs_of, with_head

AUTO = "auto"
#: what every message with a head can be read as
PLAIN = "syslog"
_MOST_PROGRAMS = 10_000


class Sorter:
    """Sorts one listener's messages by format; remembers what it was told."""

    def __init__(self, format_name: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Sort into ``format_name``, or by what the messages look like where it is ``auto``."""
        self._format = format_name
        self._told: OrderedDict[str, str] = OrderedDict()
        self._allowance = Allowance(clock)

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
            return {self._format: list(messages)}
        by_program: defaultdict[str, list[Message]] = defaultdict(list)
        for program, message in zip(programs_of(messages), messages, strict=True):
            by_program[program].append(message)
        grouped: defaultdict[str, list[Message]] = defaultdict(list)
        for program, held in by_program.items():
            grouped[self._format_of(program, held, options)] += held
        return grouped

    def _format_of(self, program: str, held: list[Message], options: ParseOptions) -> str:
        if program in self._told:
            self._told.move_to_end(program)
            return self._told[program]
        if not self._allowance.take():
            return PLAIN
        found = guess_format(_body(one.text for one in held)[:SAMPLE], options)
        self._told[program] = found.name if found else PLAIN
        if len(self._told) > _MOST_PROGRAMS:
            self._told.popitem(last=False)
        return self._told[program]


def _body(texts: Iterable[bytes]) -> bytes:
    return b"".join(one_record(text) + b"\n" for text in texts)


def _unread(name: str, held: list[Message], options: ParseOptions) -> set[int]:
    """Return the places of the messages that the format does not read."""
    texts = [one_record(one.text) for one in held]
    first_lines = list(accumulate((text.count(b"\n") + 1 for text in texts), initial=0))
    parsed = parse_bytes(find_format(name), b"\n".join(texts), options)
    wrong = parsed.filter(pl.col("error").is_not_null())["line"].to_list()
    return {bisect_right(first_lines, line) - 1 for line in wrong}


def _plain_body(plain: list[Message], options: ParseOptions) -> bytes:
    headless = _unread(PLAIN, plain, options)
    received: datetime = options.received
    return _body(with_head(one, received) if place in headless else one.text for place, one in enumerate(plain))
