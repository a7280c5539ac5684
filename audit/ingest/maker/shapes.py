"""Patterns for lines of no known notation: what is the same in all of them stays, what differs becomes a field."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from audit.ingest.maker.meanings import Columns, are, is_instant, meaning_of

#: a line's words: what stands in quotes or brackets is one
_TOKEN = re.compile(r'\[[^\]]*\]|"(?:[^"\\]|\\.)*"|\S+')
_PAIR = re.compile(r'([A-Za-z_][\w.\-]{0,40})([=:])("[^"]*"|[^\s"]+)')
#: a group of lines that is worth a pattern of its own
_LEAST_SHARE = 0.05
_MOST_CASES = 6
#: words of a line that are looked at: behind them the rest is one text
MOST_WORDS = 40
#: what differs in other lines, though it is the same in those at hand
_LEVEL = re.compile(r"(?i)trace|debug|info(?:rmation)?|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe")
#: a word that says what stands behind it
_SAYS = re.compile(r"(?i)user|account|from|client|addr(?:ess)?|ip|host|session|file|path|method|status|size|bytes")
#: signs that mark a field in a pattern that is being made: no line keeps them
_OPEN, _SHUT = "\x01", "\x02"
_MARKS = {1: " ", 2: " "}
#: what an instant may be written in
_LONGEST_TIME = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One word of a line: what it stands in, and what it says."""

    kind: str  # "[", '"', "=" or "" for a bare word
    head: str  # a literal before it: a key
    tail: str  # a literal behind it: a comma, a colon
    text: str


def cells_of(line: str) -> tuple[Cell, ...]:
    """Take a line apart at its blanks."""
    return tuple(_cell(found[0]) for found in _TOKEN.finditer(line.translate(_MARKS)))


def _cell(word: str) -> Cell:
    tail = word[-1] if len(word) > 1 and word[-1] in ",;:" else ""
    bare = word[: len(word) - len(tail)]
    if len(bare) > 1 and bare[0] == "[" and bare[-1] == "]":
        return Cell("[", "", tail, bare[1:-1])
    if len(bare) > 1 and bare[0] == '"' == bare[-1]:
        return Cell('"', "", tail, bare[1:-1])
    pair = _PAIR.fullmatch(bare)
    if pair and not is_instant(bare):
        quoted = pair[3][0] == '"'
        return Cell('="' if quoted else "=", f"{pair[1]}{pair[2]}", tail, pair[3].strip('"') if quoted else pair[3])
    return Cell("", "", tail, bare)


def patterns_of(lines: Sequence[str]) -> tuple[list[str], Columns]:
    """Return a pattern a shape of line, the commonest first, and the values of all fields."""
    rows = [cells_of(line) for line in lines]
    groups: dict[tuple[str, ...], list[tuple[Cell, ...]]] = {}
    for row in rows:
        groups.setdefault(_look(row), []).append(row)
    common = [held for held in groups.values() if len(held) >= max(2, _LEAST_SHARE * len(rows))]
    if sum(map(len, common)) * 2 < len(rows) or len(common) > _MOST_CASES:
        return _with_rest(rows)
    patterns: list[str] = []
    columns: dict[str, list[str]] = {}
    for held in sorted(common, key=len, reverse=True):
        pattern, values = _pattern(held)
        if pattern not in patterns:
            patterns.append(pattern)
        for name, said in values.items():
            columns.setdefault(name, []).extend(said)
    return patterns, columns


def _look(row: tuple[Cell, ...]) -> tuple[str, ...]:
    """By what lines look alike: what each word stands in, and the keys."""
    return tuple(f"{cell.kind}{cell.head}{cell.tail}" for cell in row[:MOST_WORDS])


def _with_rest(rows: Sequence[tuple[Cell, ...]]) -> tuple[list[str], Columns]:
    """Lines that are alike only at their beginning: the rest is one text."""
    length = 0
    looks = [_look(row) for row in rows if row]
    while looks and length < MOST_WORDS:
        most = Counter(look[length] for look in looks if len(look) > length).most_common(1)
        if not most or most[0][1] < 0.9 * len(rows) or not _differs(rows, length):
            break
        looks = [look for look in looks if len(look) > length and look[length] == most[0][0]]
        length += 1
    begun = {look[:length] for look in looks}
    alike = [row for row in rows if len(row) > length and _look(row)[:length] in begun]
    if not length or not alike:
        return [], {}
    pattern, values = _pattern([row[:length] for row in alike])
    values["message"] = [" ".join(_written(cell) for cell in row[length:]) for row in alike]
    return [f"{pattern.removesuffix('.*$').removesuffix(' *$')} +(?P<message>.*)$"], values


def _differs(rows: Sequence[tuple[Cell, ...]], place: int) -> bool:
    """A word is a field of its own where it is one of few, or always of one kind; prose is neither."""
    texts = [row[place].text for row in rows if len(row) > place]
    few = len(set(texts)) <= max(3, len(texts) // 4)
    return few or are(texts, is_instant) or are(texts, lambda text: any(sign.isdigit() for sign in text)) or place < 2


def _written(cell: Cell) -> str:
    inner = {"[": f"[{cell.text}]", '"': f'"{cell.text}"', '="': f'"{cell.text}"'}.get(cell.kind, cell.text)
    return f"{cell.head}{inner}{cell.tail}"


def _pattern(rows: Sequence[tuple[Cell, ...]]) -> tuple[str, dict[str, list[str]]]:
    """Make one pattern for rows that look alike, and the values of its fields."""
    parts: list[str] = []
    columns: dict[str, list[str]] = {}
    heads: dict[str, str] = {}
    place, width = 0, min(MOST_WORDS, *map(len, rows))
    while place < width:
        cells = [row[place] for row in rows]
        words = _instant_words(rows, place, width)
        if words > 1:
            columns[f"f{place + 1}"] = [" ".join(cell.text for cell in row[place : place + words]) for row in rows]
            parts.append(
                f"{_OPEN}f{place + 1}:{words}{_SHUT}{re.escape(cells[0].tail and rows[0][place + words - 1].tail)}"
            )
            place += words
            continue
        parts.append(_part(cells, f"f{place + 1}", columns, heads))
        before = rows[0][place - 1] if place else None
        if before is not None and f"f{place}" not in columns and _SAYS.fullmatch(before.text):
            heads.setdefault(f"f{place + 1}", f"{before.text}=")
        place += 1
    names = _names(columns, heads)
    pattern = " +".join(_filled(part, names) for part in parts)
    whole = len({len(row) for row in rows}) == 1 and max(map(len, rows)) <= MOST_WORDS
    return f"^{pattern}{' *$' if whole else '.*$'}", {names[name]: values for name, values in columns.items()}


def _instant_words(rows: Sequence[tuple[Cell, ...]], place: int, width: int) -> int:
    """How many words from here on say one instant together; 0 where they do not."""
    some = rows[:20]
    if any(cell.kind or cell.head for cell in (row[place] for row in some)):
        return 0
    for words in range(min(_LONGEST_TIME, width - place), 0, -1):
        taken = [row[place : place + words] for row in some]
        if any(cell.kind or cell.head or cell.tail for row in taken for cell in row[:-1]):
            continue
        if are([" ".join(cell.text for cell in row) for row in taken], is_instant):
            return words
    return 0


def _part(cells: Sequence[Cell], name: str, columns: dict[str, list[str]], heads: dict[str, str]) -> str:
    """One word of a pattern: a literal where all say the same, else a field."""
    kind, head, tail = cells[0].kind, cells[0].head, cells[0].tail
    texts = [cell.text for cell in cells]
    same = len(set(texts)) == 1 and len(texts) > 1 and _LEVEL.fullmatch(texts[0]) is None
    same = same and not any(sign.isdigit() for sign in texts[0])
    if same and not head and kind != '"' and texts[0] != "-":
        return re.escape(_written(cells[0]))
    columns[name] = texts
    if head:
        heads[name] = head
    elif any(_LEVEL.fullmatch(text) for text in texts):
        heads[name] = "level="
    inner = kind.removeprefix("=") or ("=" if kind else "")
    return f"{re.escape(head)}{_OPEN}{name}:{inner}{_SHUT}{re.escape(tail)}"


_FIELD = re.compile(r'\x01(f\d+):(\d+|[\["=]?)\x02')
_VALUES = {"[": r"\[(?P<{}>[^\]]*)\]", '"': r'"(?P<{}>(?:[^"\\]|\\.)*)"', "=": r"(?P<{}>\S*?)", "": r"(?P<{}>\S+?)"}


def _filled(part: str, names: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[2].isdigit():
            return f"(?P<{names[found[1]]}>" + " +".join([r"\S+"] * (int(found[2]) - 1) + [r"\S+?"]) + ")"
        return _VALUES[found[2]].format(names[found[1]])

    return _FIELD.sub(value, part)


def _names(columns: dict[str, list[str]], heads: dict[str, str]) -> dict[str, str]:
    """What the fields are called: by their key, else by what they mean."""
    meaning = meaning_of({name: columns[name] for name in columns if name not in heads}, named=False)
    names: dict[str, str] = {}
    for name in (*heads, *(name for name in columns if name not in heads)):
        said = re.sub(r"\W", "_", heads[name][:-1]) if name in heads else meaning.called(name)
        taken = said in names.values() or said in _READERS_OWN or said.startswith("syslog_")
        names[name] = (f"{said}_{name[1:]}" if name in heads else name) if taken else said
    return names


_READERS_OWN = frozenset({"pairs", "message"})
