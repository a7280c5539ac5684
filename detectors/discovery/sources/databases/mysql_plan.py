"""Which rows of a MySQL table are read: ranges of its primary key, never a sort by RAND().

A sample begins at places spread over the key from its lowest to its highest value, a few rows at each: an index is
gone to, nothing is scanned. A table without such a key is passed through once with RAND(seed) as a filter while it is
small, else only its first rows are read. A reading of everything goes along the key, some rows a statement.
"""

from collections.abc import Iterator
from typing import Any

from detectors.discovery.sources.base import Kind, Sampling
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn
from detectors.discovery.sources.databases.mysql_catalogue import Session, quoted
from detectors.discovery.sources.databases.plan import Piece, Plan, between, shares, spread
from soc.text import t

#: rows up to which a table is counted, and up to which it is passed through once
COUNTED, _PASSED = 200_000, 500_000
#: places that a stage of a sample begins at, and how many of them one statement goes to
_PLACES, _TOGETHER = 50, 10
_PARTS = 24
_NUMBERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_TEXTS = ("char", "varchar")
#: signs that keys are made of, in their order: numbers, numbers in base 16, letters
_ALPHABETS = (b"0123456789", b"0123456789abcdef", b"0123456789ABCDEF", b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")  # fmt: skip
_SPREAD = 6


def plan(session: Session, found: Found, sampling: Sampling) -> Plan:
    """Plan a reading."""
    table = _from(found)
    if sampling.full:
        return Plan((_stream(session, found, sampling),))
    first = Piece(f"{table} LIMIT {sampling.rows}")
    if found.kind is Kind.VIEW:
        return Plan(((first,),), Method.FIRST, estimated=True, limit=sampling.rows)
    rows, estimated = _rows(session, found)
    if rows <= sampling.whole and not estimated:
        return Plan(((Piece(table),),))
    if found.parts:
        return _of_parts(found, rows, sampling, first, estimated=estimated)
    stages = (
        _by_number(session, found, sampling) or _passed(table, rows, sampling) or _by_text(session, found, sampling)
    )
    if not stages:
        return Plan(((first,),), Method.FIRST, rows, estimated, limit=sampling.rows)
    return Plan(stages, Method.SPREAD, rows, estimated, fallback=first)


def _from(found: Found) -> str:
    return "FROM " + ".".join(quoted(one) for one in (found.schema, found.name) if one)


def _rows(session: Session, found: Found) -> tuple[int, bool]:
    if found.rows is not None and found.rows > COUNTED:
        return found.rows, True
    return int(_one(session, f"SELECT count(*) {_from(found)}")[0]), False


def _one(session: Session, statement: str) -> tuple[Any, ...]:
    with session.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    assert row is not None
    return tuple(row)


def _leading(found: Found) -> FoundColumn | None:
    """The first column of the primary key."""
    return next((one for one in found.columns if found.key and one.name == found.key[0] and one.readable), None)


def _key_kind(key: FoundColumn | None) -> str:
    return key.type.split("(", 1)[0].split(" ", 1)[0].lower() if key else ""


def _by_number(session: Session, found: Found, sampling: Sampling) -> tuple[tuple[Piece, ...], ...]:
    """Stages that begin at places spread over a key of whole numbers."""
    key = _leading(found)
    if key is None or _key_kind(key) not in _NUMBERS:
        return ()
    ends = _ends(session, found, key)
    if ends is None:
        return ()
    low, high = (int(one) for one in ends)
    return tuple(
        _at(
            found,
            key,
            [str(one) for one in between(low, high, min(size, _PLACES * (number + 1)), sampling.seed + number)],
            size,
        )
        for number, size in enumerate(sampling.stages)
    )


def _by_text(session: Session, found: Found, sampling: Sampling) -> tuple[tuple[Piece, ...], ...]:
    """Stages over a key of text; of any other kind of key the two ends."""
    key = _leading(found)
    ends = _ends(session, found, key) if key else None
    if key is None or ends is None:
        return ()
    stages = []
    for number, size in enumerate(sampling.stages):
        count = min(size, _PLACES * (number + 1)) if _key_kind(key) in _TEXTS else 1
        places = (
            texts_between(*ends, count, sampling.seed + number) if count > 1 else [ends[0].decode("utf-8", "replace")]
        )
        stages.append(_at(found, key, [_literal(session, one) for one in places], size))
    return tuple(stages)


def _ends(session: Session, found: Found, key: FoundColumn) -> tuple[bytes, bytes] | None:
    column = quoted(key.name)
    low, high = _one(session, f"SELECT min({column}), max({column}) {_from(found)}")
    return None if low is None else (low, high)


def texts_between(low: bytes, high: bytes, count: int, seed: int) -> list[str]:
    """Texts from ``low`` to ``high``, spread over the six characters behind what both begin with."""
    head = 0
    while head < min(len(low), len(high)) and low[head] == high[head]:
        head += 1
    first, last = low[head : head + _SPREAD], high[head : head + _SPREAD]
    alphabet = next((one for one in _ALPHABETS if all(sign in one for sign in first + last)), _ALPHABETS[-1])
    numbers = [_number(first, alphabet, 0), _number(last, alphabet, len(alphabet) - 1)]
    prefix = low[:head].decode("utf-8", "ignore")
    made = [prefix + _word(one, alphabet) for one in between(min(numbers), max(numbers), count, seed)[1:]]
    return [low.decode("utf-8", "replace"), *made]


def _number(text: bytes, alphabet: bytes, filler: int) -> int:
    """A text as a number in the base of its alphabet; other signs count as the next that is in it."""
    places = [next((place for place, sign in enumerate(alphabet) if sign >= one), len(alphabet) - 1) for one in text]
    made = 0
    for place in (*places, *[filler] * (_SPREAD - len(places))):
        made = made * len(alphabet) + place
    return made


def _word(number: int, alphabet: bytes) -> str:
    signs = []
    for _ in range(_SPREAD):
        number, place = divmod(number, len(alphabet))
        signs.append(chr(alphabet[place]))
    return "".join(reversed(signs))


def _at(found: Found, key: FoundColumn, places: list[str], size: int) -> tuple[Piece, ...]:
    """Some rows from each place on, and the last rows of all: the newest."""
    table, column, few = _from(found), quoted(key.name), -(-size // (len(places) + 1))
    tails = [f"{table} WHERE {column} >= {place} ORDER BY {column} LIMIT {few}" for place in places]
    tails.append(f"{table} ORDER BY {column} DESC LIMIT {few}")
    return tuple(
        Piece(tails[start], more=tuple(tails[start + 1 : start + _TOGETHER]))
        for start in range(0, len(tails), _TOGETHER)
    )


def _passed(table: str, rows: int, sampling: Sampling) -> tuple[tuple[Piece, ...], ...]:
    """Stages of one pass each, with a filter that is the same each time."""
    if rows > _PASSED:
        return ()
    return tuple(
        (Piece(f"{table} WHERE {_drawn(size, rows, sampling.seed + number)}"),)
        for number, size in enumerate(sampling.stages)
    )


def _drawn(size: int, rows: int, seed: int) -> str:
    return f"RAND({seed}) < {min(1.0, size / max(rows, 1)):.8f} LIMIT {2 * size + 1000}"


def _of_parts(found: Found, rows: int, sampling: Sampling, first: Piece, *, estimated: bool) -> Plan:
    """Sample partitions one by one: the first, the last, and of many some between, others at each stage."""
    seen: set[int] = set()
    stages = []
    for number, size in enumerate(sampling.stages):
        chosen = spread(len(found.parts), _PARTS, sampling.seed + number)
        seen |= set(chosen) if number < 2 else set()
        split = shares(size, [found.parts[place].size for place in chosen])
        stages.append(
            tuple(
                _of_part(found, place, share, sampling.seed + number)
                for place, share in zip(chosen, split, strict=True)
            )
        )
    unread = tuple(
        (part.name, t("discovery.unread.partition")) for place, part in enumerate(found.parts) if place not in seen
    )
    return Plan(tuple(stages), Method.SPREAD, rows, estimated, fallback=first, unread=unread)


def _of_part(found: Found, place: int, wanted: int, seed: int) -> Piece:
    part = found.parts[place]
    table = f"{_from(found)} PARTITION ({quoted(part.name)})"
    rows = part.rows or 0
    if rows > _PASSED or rows <= 2 * wanted:
        return Piece(f"{table} LIMIT {wanted}", part.name)
    return Piece(f"{table} WHERE {_drawn(wanted, rows, seed)}", part.name)


def _literal(session: Session, value: str) -> str:
    return str(session.escape(value))


def _stream(session: Session, found: Found, sampling: Sampling) -> Iterator[Piece]:
    """Every row, along the primary key; a table without one in a single statement."""
    keys = [one for name in found.key for one in found.columns if one.name == name]
    table = _from(found)
    if not keys or not all(one.readable and one.form is Form.SHORT for one in keys):
        yield Piece(table)
        return
    order = f"ORDER BY {', '.join(quoted(one.name) for one in keys)} LIMIT {sampling.batch}"
    piece = Piece(f"{table} {order}", keys=found.key)
    while True:
        yield piece
        if not piece.last:
            return
        piece = Piece(f"{table} WHERE {_behind(session, keys, piece.last)} {order}", keys=found.key)


def _behind(session: Session, keys: list[FoundColumn], last: list[str]) -> str:
    """What is true for rows behind the one whose key is ``last``."""
    literals = [
        value if key.type.lower().startswith((*_NUMBERS, "decimal")) else _literal(session, value)
        for key, value in zip(keys, last, strict=True)
    ]
    names = [quoted(one.name) for one in keys]
    steps = []
    for place, (name, literal) in enumerate(zip(names, literals, strict=True)):
        same = [f"{names[before]} = {literals[before]}" for before in range(place)]
        steps.append("(" + " AND ".join([*same, f"{name} > {literal}"]) + ")")
    whole = " OR ".join(steps)
    return f"{names[0]} >= {literals[0]} AND ({whole})" if len(steps) > 1 else whole
