"""What is wrong with a document of own recognizers: everything at once, each with the way to its field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.recognizers.checksums import CHECKS
from detectors.workshop.probes import MOST_KINDS, kinds_taken, takes_empty
from policies.grading.taxonomy import taxonomy
from soc.ledger.levels import GENERAL
from soc.ledger.own_matching import PatternRefusedError, compiled
from soc.ledger.own_types import KIND
from soc.ledger.types import category_title, groups, shipped_types
from soc.tiers.models import Organisation
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.values import Problem

MOST_RECOGNIZERS = 100
MOST_WORDS, LONGEST_WORD = 20_000, 64
#: of all dictionaries of a document, in characters
MOST_WORDS_TOTAL = 400_000
LONGEST_PATTERN = 1_000
LONGEST_NAME, MOST_NAMES, LONGEST_LINE, MOST_LINES = 60, 50, 500, 50
LONGEST_STRIP = 20

_ID = re.compile(r"[a-z][a-z0-9_]{1,29}")
#: in the order of the editor
FIELDS = (
    "id", "zh", "en", "level", "class", "group", "pattern", "check", "strip", "upper", "needs_name", "text", "log",
    "names", "context", "yields_to", "positive", "negative", "words",
)  # fmt: skip
_FLAGS = ("upper", "needs_name", "text", "log")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
Found = Iterator[Problem]


def kinds() -> list[str]:
    """The classes of information that a type may be of."""
    return sorted({one.kind for one in shipped_types().values()})


def categories(lang: str) -> list[tuple[str, str]]:
    """The categories that a type may belong to, each with its words: classes of types, and the taxonomy's by code."""
    classes = [(one, category_title(one, lang)) for one in groups()]
    return classes + [(one.code, one.label(lang)) for one in taxonomy()]


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a document (what :mod:`soc.versions` calls)."""
    return list(_document(body))


def _document(body: Mapping[str, Any]) -> Found:
    for key in body:
        if key not in {"title", "recognizers"}:
            yield Problem(str(key)[:60], "workshop.problem.unknown_key", {"key": str(key)[:60]})
    title = body.get("title", "")
    if not _is_line(title, 200):
        yield Problem("title", "workshop.problem.line", {"most": 200})
    given = body.get("recognizers", [])
    if not isinstance(given, list) or len(given) > MOST_RECOGNIZERS:
        yield Problem("recognizers", "workshop.problem.many", {"most": MOST_RECOGNIZERS})
        return
    for place, one in enumerate(given):
        if not isinstance(one, dict):
            yield Problem(f"recognizers/{place}", "workshop.problem.no_mapping")
            continue
        yield from _recognizer(f"recognizers/{place}", one)
    yield from _doubled([one for one in given if isinstance(one, dict)])
    words = sum(len(word) for one in given if isinstance(one, dict) for word in _strings(one.get("words")))
    if words > MOST_WORDS_TOTAL:
        yield Problem("recognizers", "workshop.problem.words_total", {"most": MOST_WORDS_TOTAL})


def _recognizer(at: str, one: Mapping[str, Any]) -> Found:
    for key in one:
        if key not in FIELDS:
            yield Problem(f"{at}/{str(key)[:60]}", "workshop.problem.unknown_key", {"key": str(key)[:60]})
    name = one.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        yield Problem(f"{at}/id", "workshop.problem.id")
    elif name in shipped_types():
        yield Problem(f"{at}/id", "workshop.problem.shadows", {"name": name})
    yield from _titles(at, one)
    yield from _choices(at, one)
    for key in _FLAGS:
        if not isinstance(one.get(key, False), bool):
            yield Problem(f"{at}/{key}", "workshop.problem.no_flag")
    yield from _forms(at, one)
    yield from _words(at, one.get("words", []))
    for key in ("names", "context"):
        yield from _lines(f"{at}/{key}", one.get(key, []), MOST_NAMES, LONGEST_NAME)
    for key in ("positive", "negative"):
        yield from _lines(f"{at}/{key}", one.get(key, []), MOST_LINES, LONGEST_LINE)
    if one.get("needs_name") is True and not one.get("names") and not one.get("context"):
        yield Problem(f"{at}/names", "workshop.problem.no_names")


def _titles(at: str, one: Mapping[str, Any]) -> Found:
    taken = {word.casefold() for kind in shipped_types().values() for word in (kind.zh, kind.en)}
    for key in ("zh", "en"):
        said = one.get(key)
        if not _is_line(said, LONGEST_NAME) or not str(said).strip():
            yield Problem(f"{at}/{key}", "workshop.problem.line", {"most": LONGEST_NAME})
        elif str(said).strip().casefold() in taken:
            yield Problem(f"{at}/{key}", "workshop.problem.shadows", {"name": str(said)})


def _choices(at: str, one: Mapping[str, Any]) -> Found:
    known: dict[str, set[str]] = {
        "level": {level.value for level in GENERAL},
        "class": set(kinds()),
        "group": {one for one, _ in categories("zh")},
    }
    for key, values in known.items():
        if not isinstance(one.get(key), str) or one[key] not in values:
            yield Problem(f"{at}/{key}", "workshop.problem.choice", {"value": str(one.get(key, ""))[:60]})
    check_digit = one.get("check")
    if check_digit and (not isinstance(check_digit, str) or check_digit not in CHECKS):
        yield Problem(f"{at}/check", "workshop.problem.checksum", {"name": str(check_digit)[:60]})
    yields = one.get("yields_to", [])
    for name in yields if isinstance(yields, list) else [yields]:
        if not isinstance(name, str) or name not in shipped_types():
            yield Problem(f"{at}/yields_to", "workshop.problem.choice", {"value": str(name)[:60]})


def _forms(at: str, one: Mapping[str, Any]) -> Found:
    strip = one.get("strip", "")
    if not isinstance(strip, str) or len(strip) > LONGEST_STRIP or _CONTROL.search(strip):
        yield Problem(f"{at}/strip", "workshop.problem.line", {"most": LONGEST_STRIP})
    pattern = one.get("pattern") or ""
    if not pattern and not one.get("words"):
        yield Problem(f"{at}/pattern", "workshop.problem.nothing")
    if pattern:
        yield from _pattern(f"{at}/pattern", pattern, named=one.get("needs_name") is True)
    if one.get("check") and one.get("words"):
        yield Problem(f"{at}/check", "workshop.problem.check_of_words")


def _pattern(at: str, pattern: Any, *, named: bool) -> Found:
    if not isinstance(pattern, str) or _CONTROL.search(pattern):
        yield Problem(at, "workshop.problem.control")
        return
    if len(pattern) > LONGEST_PATTERN:
        yield Problem(at, "workshop.problem.long", {"most": LONGEST_PATTERN})
        return
    try:
        compiled(pattern)
        if takes_empty(pattern):
            yield Problem(at, "workshop.problem.empty")
            return
        taken = kinds_taken(pattern)
        compiled(rf"(?:\A|[^0-9A-Za-z])({pattern})(?:[^0-9A-Za-z]|\z)")
    except PatternRefusedError as error:
        yield Problem(at, "workshop.problem.re2", {"reason": str(error)[:200]})
        return
    if len(taken) > MOST_KINDS:
        yield Problem(at, "workshop.problem.everything", {"count": len(taken)})
    elif taken and not named:
        yield Problem(at, "workshop.problem.commonplace")


def _words(at: str, words: Any) -> Found:
    at = f"{at}/words"
    if not isinstance(words, list) or len(words) > MOST_WORDS:
        yield Problem(at, "workshop.problem.words", {"most": MOST_WORDS})
        return
    for place, word in enumerate(words):
        if not isinstance(word, str) or not 2 <= len(word) <= LONGEST_WORD or _CONTROL.search(word):
            yield Problem(f"{at}/{place}", "workshop.problem.word", {"most": LONGEST_WORD})
            return  # the first says it: a wrong file has thousands


def _lines(at: str, lines: Any, most: int, longest: int) -> Found:
    if not isinstance(lines, list) or len(lines) > most:
        yield Problem(at, "workshop.problem.many", {"most": most})
        return
    for place, line in enumerate(lines):
        if not _is_line(line, longest) or not line.strip():
            yield Problem(f"{at}/{place}", "workshop.problem.line", {"most": longest})


def _is_line(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and not _CONTROL.search(value)


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _doubled(given: list[dict[str, Any]]) -> Found:
    for key in ("id", "zh", "en"):
        seen: set[str] = set()
        for place, one in enumerate(given):
            said = str(one.get(key, "")).strip().casefold()
            if said and said in seen:
                yield Problem(f"recognizers/{place}/{key}", "workshop.problem.doubled", {"name": said[:60]})
            seen.add(said)


def check_place(session: Session, org: str, body: Mapping[str, Any]) -> list[Problem]:
    """What a checked document may not do under those of the tiers above: call a type of its own by one of theirs."""
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    above = [code for code in path.strip("/").split("/") if code != org]
    query = select(PolicyVersion.body).where(
        PolicyVersion.kind == KIND, PolicyVersion.status == VersionStatus.ACTIVE, PolicyVersion.org.in_(above)
    )
    theirs = [one for found in session.scalars(query) for one in found.get("recognizers", ())]
    taken = {str(one[key]).strip().casefold() for one in theirs for key in ("zh", "en")}
    return [
        Problem(f"recognizers/{place}/{key}", "workshop.problem.shadows", {"name": str(one[key])})
        for place, one in enumerate(body.get("recognizers", ()))
        for key in ("zh", "en")
        if str(one[key]).strip().casefold() in taken
    ]
