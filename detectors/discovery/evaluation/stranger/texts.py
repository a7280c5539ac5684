"""Prose with the places of its persons, organisations and addresses."""

import re
from random import Random

from detectors.discovery.evaluation.stranger.values import name, read, words
from detectors.discovery.evaluation.texts import KnownText

_COPIES = 2  # of each text with persons, under other names
_MARK = re.compile(r"<([pmf])(\d?)>|\[([^\]]+)\]|\{([^}]+)\}")
_LISTS = {"m": "minority", "f": "foreign"}


def texts(seed: int) -> list[KnownText]:
    """Write every text; the same seed gives the same names."""
    r = Random(f"stranger/texts/{seed}")
    written = read("texts.toml")
    persons, nobody = (written[part].strip().splitlines() for part in ("persons", "nobody"))
    return [_text(r, line) for line in persons for _ in range(_COPIES)] + [_text(r, line) for line in nobody]


def _text(r: Random, line: str) -> KnownText:
    """Fill in the names and note where they, the organisations and the addresses came to stand, in code points."""
    text, end = "", 0
    marks: set[tuple[str, int, int]] = set()
    met: dict[str, str] = {}
    for found in _MARK.finditer(line):
        kind, filled = _filled(r, found, met)
        text += line[end : found.start()]
        marks.add((kind, len(text), len(text) + len(filled)))
        text, end = text + filled, found.end()
    return KnownText(text + line[end:], frozenset(marks))


def _filled(r: Random, found: re.Match[str], met: dict[str, str]) -> tuple[str, str]:
    if found[3]:
        return "organization", found[3]
    if found[4]:
        return "address", found[4]
    if found[0] not in met:
        met[found[0]] = _unmet(r, found[1], set(met.values()))
    return "person_name", met[found[0]]


def _unmet(r: Random, letter: str, met: set[str]) -> str:
    drawn = name(r) if letter == "p" else r.choice(words()[_LISTS[letter]])
    return _unmet(r, letter, met) if drawn in met else drawn
