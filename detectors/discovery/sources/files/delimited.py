"""How a delimited text is cut: by which sign, with which quotes, and lines of any length in little memory."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TextIO

from detectors.discovery.sources.base import VALUE_LIMIT
from detectors.discovery.sources.sampled import Record

#: one sign of ours stands for delimiters of several signs and for runs of spaces
UNIT = "\x1f"
_SINGLE = (",", "\t", ";", "|", "\x01", UNIT, "^", "~", "，")
_SEVERAL = ("||", "|@|", "|+|", "|!|", "|#|", "|$|", "^|^", "~|~", "@|@", "!^", "@@", "##", "~~", "$$")
_SPACES = re.compile(r"(?<=\S)[ \u3000]{2,}(?=\S)")
_BLOCK = 1 << 20
_LINE = 16 << 20  # characters of a line that are kept whole
_ENDS = 2 << 20  # of a longer one, so many at each end
csv.field_size_limit(_LINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How lines are cut into fields."""

    delimiter: str = ","
    several: str = ""
    spaces: bool = False
    quote: str = '"'
    escape: str | None = None
    agreed: float = 0.0

    def prepared(self, line: str) -> str:
        """A line with its delimiter of several signs, or its runs of spaces, put as one sign."""
        if self.several:
            return line.replace(self.several, UNIT)
        return _SPACES.sub(UNIT, line) if self.spaces else line


@dataclass(slots=True)
class Damage:
    """What was met on the way and has to be told."""

    cut: int = 0
    broken: int = 0
    undecodable: int = 0
    places: list[str] = field(default_factory=list)


def dialect_of(head: str) -> Dialect:
    """The dialect that cuts the first lines into the same number of fields, more than one."""
    lines = [line for line in head.splitlines(keepends=True)[:200] if line.strip()]
    if lines and (named := re.match(r"(?i)sep=(.)\r?\n?$", lines[0])):
        return Dialect(named.group(1), agreed=1.0)
    quote = _quote(head)
    whole = lines[:-1] if len(lines) > 2 and not head.endswith("\n") else lines
    for one in _SEVERAL:
        if one in head and head.count(one[0]) == head.count(one) * one.count(one[0]):
            dialect = Dialect(several=one, delimiter=UNIT, quote=quote)
            agreed, width = _agreement(dialect, whole)
            if width > 1 and agreed >= 0.9:
                return _with(dialect, agreed)
    tried = [Dialect(one, quote=quote) for one in _SINGLE if one in head]
    best, score = Dialect(quote=quote), 0.0
    for dialect in tried:
        agreed, width = _agreement(dialect, whole)
        worth = agreed * min(width, 50) if width > 1 else 0.0
        if worth > score:
            best, score = _with(dialect, agreed), worth
    return _escaping(best, head, whole) if score else _spaced(whole, best)


def _with(dialect: Dialect, agreed: float) -> Dialect:
    return replace(dialect, agreed=agreed)


def _escaping(dialect: Dialect, head: str, lines: list[str]) -> Dialect:
    """A backslash keeps a quote inside a field only where the records agree better so: C:\\ may end one."""
    if f"\\{dialect.quote}" not in head:
        return dialect
    escaped = replace(dialect, escape="\\")
    agreed, _ = _agreement(escaped, lines)
    return _with(escaped, agreed) if agreed > dialect.agreed else dialect


def _spaced(lines: list[str], otherwise: Dialect) -> Dialect:
    """Columns set apart by runs of spaces, as reports print them."""
    spaced = Dialect(UNIT, spaces=True)
    agreed, width = _agreement(spaced, lines)
    return _with(spaced, agreed) if width > 1 and agreed >= 0.8 and len(lines) >= 3 else otherwise


def _agreement(dialect: Dialect, lines: list[str]) -> tuple[float, int]:
    """How many of the records have the commonest width, and that width."""
    widths = [len(record) for record in islice(records(iter(lines), dialect, Damage()), 60)]
    if not widths:
        return 0.0, 0
    width, often = max(Counter(widths).items(), key=lambda one: (one[1], one[0]))
    return often / len(widths), width


def _quote(head: str) -> str:
    """Which quotes hold fields."""
    double, single = (len(re.findall(rf"(?m)(?:^|[,;\t|]){sign}", head)) for sign in ('"', "'"))
    return "'" if single > 3 and single > 3 * double and head.count("'") % 2 == 0 else '"'


def records(lines: Iterable[str], dialect: Dialect, damage: Damage, *, cut: bool = True) -> Iterator[Record]:
    """The records of some lines, long values ``cut``; a record that cannot be told apart is left out and counted."""
    prepared = map(dialect.prepared, lines) if dialect.several or dialect.spaces else lines
    reader = csv.reader(
        iter(prepared),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        doublequote=True,
        strict=False,
    )
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field beyond the limit: a quote that never closes
            damage.broken += 1
            continue
        if record:
            yield [value if len(value) <= VALUE_LIMIT or not cut else value[:VALUE_LIMIT] for value in record]


def lines_of(stream: TextIO, damage: Damage) -> Iterator[str]:
    """The lines of a text; of one beyond all measure only both ends are kept, so that memory stays flat."""
    rest: list[str] = []
    held = 0
    while block := stream.read(_BLOCK):
        block = block.replace("\x00", "") if "\x00" in block else block
        damage.undecodable += block.count("\ufffd")
        first, *parts = block.split("\n")
        rest.append(first)
        held += len(first)
        if parts:
            yield _closed(rest, held, damage)
            *whole, last = parts
            yield from (f"{line}\n" for line in whole)
            rest, held = [last], len(last)
        elif held > _LINE and len(rest) > 2:
            text = "".join(rest)
            rest = [text[:_ENDS], text[-_ENDS:]]
    if rest and held:
        yield _closed(rest, held, damage)


def _closed(rest: list[str], held: int, damage: Damage) -> str:
    text = "".join(rest)
    if held > _LINE:
        damage.cut += 1
        text = text[:_ENDS] + text[-_ENDS:] if len(text) > 2 * _ENDS else text
    return f"{text}\n"
