"""What is wrong with a document of own log formats: everything at once, each with the way to its field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from audit.ingest.formats import NAMES
from audit.ingest.formats.readers import READERS
from audit.ingest.maker.attributes import DIALECTS, MAPPABLE, SETTABLE, may_be
from audit.ingest.maker.claiming import claimed_by
from audit.ingest.maker.patterns import PatternWrongError, named_fields
from soc.versions.values import Problem

MOST_FORMATS, MOST_CASES, MOST_COLUMNS = 50, 20, 200
MOST_PLACES, MOST_VALUES = 10, 100
LONGEST_NAME, LONGEST_FIELD, LONGEST_HEADER, LONGEST_SEPARATOR = 60, 200, 5_000, 4
#: how a record becomes fields; the readers of single products stay those products'
OWN_READERS = ("pattern", "json", "pairs", "csv", "table", "cef", "leef")
#: in the order of the editor and of the file
FIELDS = (
    "id", "zh", "en", "reader", "syslog", "separator", "header", "columns", "cases", "must", "time", "utc", "absent",
    "dialect", "map", "set", "by", "secret", "before",
)  # fmt: skip
_FLAGS = ("syslog", "utc")
_ID = re.compile(r"[a-z][a-z0-9_]{1,29}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
#: what the envelope of syslog gives
ENVELOPE_FIELDS = ("syslog_at", "syslog_host", "syslog_program", "syslog_pid", "syslog_priority")
Found = Iterator[Problem]


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a document (what :mod:`soc.versions` calls)."""
    return list(_document(body))


def check_one(table: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with one format, as the only one of a document."""
    return check({"title": "", "formats": [table]})


def _document(body: Mapping[str, Any]) -> Found:
    for key in body:
        if key not in {"title", "formats"}:
            yield Problem(str(key)[:60], "maker.problem.unknown_key", {"key": str(key)[:60]})
    if not _is_line(body.get("title", ""), 200):
        yield Problem("title", "maker.problem.line", {"most": 200})
    given = body.get("formats", [])
    if not isinstance(given, list) or len(given) > MOST_FORMATS:
        yield Problem("formats", "maker.problem.many", {"most": MOST_FORMATS})
        return
    for place, one in enumerate(given):
        at = f"formats/{place}"
        problems = list(_format(at, one)) if isinstance(one, dict) else [Problem(at, "maker.problem.no_mapping")]
        yield from problems
        if not problems:
            yield from _claims(at, one)
    yield from _doubled([one for one in given if isinstance(one, dict)])


def _format(at: str, one: Mapping[str, Any]) -> Found:
    for key in one:
        if key not in FIELDS:
            yield Problem(f"{at}/{str(key)[:60]}", "maker.problem.unknown_key", {"key": str(key)[:60]})
    if not isinstance(one.get("id"), str) or not _ID.fullmatch(one["id"]):
        yield Problem(f"{at}/id", "maker.problem.id")
    for key in ("zh", "en"):
        if not _is_line(one.get(key), LONGEST_NAME) or not str(one[key]).strip():
            yield Problem(f"{at}/{key}", "maker.problem.line", {"most": LONGEST_NAME})
    for key in _FLAGS:
        if not isinstance(one.get(key, False), bool):
            yield Problem(f"{at}/{key}", "maker.problem.no_flag")
    yield from _reader(at, one)
    yield from _texts(f"{at}/absent", one.get("absent", []), MOST_VALUES, empty=True)
    yield from _texts(f"{at}/secret", one.get("secret", []), MOST_VALUES)
    yield from _chosen(f"{at}/before", one.get("before", []), NAMES)
    if one.get("dialect", "") not in ("", *DIALECTS):
        yield Problem(f"{at}/dialect", "maker.problem.choice", {"value": str(one["dialect"])[:60]})
    yield from _mapping(at, one)
    yield from _set(f"{at}/set", one.get("set", {}))
    yield from _by(f"{at}/by", one.get("by", {}))


def _reader(at: str, one: Mapping[str, Any]) -> Found:
    reader = one.get("reader", "pattern")
    if reader not in OWN_READERS or (reader != "pattern" and reader not in READERS):
        yield Problem(f"{at}/reader", "maker.problem.choice", {"value": str(reader)[:60]})
        return
    if reader == "pattern":
        yield from _cases(f"{at}/cases", one.get("cases"))
    elif one.get("cases", []) != []:
        yield Problem(f"{at}/cases", "maker.problem.not_here", {"reader": reader})
    if reader in ("csv", "table"):
        yield from _columns(f"{at}/columns", one.get("columns"))
    else:
        yield from _texts(f"{at}/columns", one.get("columns", []), MOST_COLUMNS)
    separator = one.get("separator", "\t")
    if not isinstance(separator, str) or not 0 < len(separator) <= LONGEST_SEPARATOR or _CONTROL.search(separator):
        yield Problem(f"{at}/separator", "maker.problem.line", {"most": LONGEST_SEPARATOR})
    if not _is_line(one.get("header", ""), LONGEST_HEADER):
        yield Problem(f"{at}/header", "maker.problem.line", {"most": LONGEST_HEADER})
    must = one.get("must", [])
    yield from _texts(f"{at}/must", must, MOST_PLACES)
    if reader in ("json", "pairs") and not must:
        yield Problem(f"{at}/must", "maker.problem.no_must")


def _cases(at: str, cases: Any) -> Found:
    if not isinstance(cases, list) or not 0 < len(cases) <= MOST_CASES:
        yield Problem(at, "maker.problem.cases", {"most": MOST_CASES})
        return
    for place, case in enumerate(cases):
        here = f"{at}/{place}"
        if not isinstance(case, dict) or set(case) - {"match", "set"} or not isinstance(case.get("match"), str):
            yield Problem(here, "maker.problem.case")
            continue
        yield from _pattern(f"{here}/match", case["match"])
        yield from _set(f"{here}/set", case.get("set", {}))


def _pattern(at: str, pattern: str) -> Found:
    if _CONTROL.search(pattern):
        yield Problem(at, "maker.problem.control")
        return
    try:
        named_fields(pattern)
    except PatternWrongError as error:
        yield Problem(at, error.key, dict(error.params))


def _columns(at: str, columns: Any) -> Found:
    if not isinstance(columns, list) or not 2 <= len(columns) <= MOST_COLUMNS:
        yield Problem(at, "maker.problem.columns", {"most": MOST_COLUMNS})
        return
    yield from _texts(at, columns, MOST_COLUMNS)
    for place, one in enumerate(columns):
        if one in columns[:place]:
            yield Problem(f"{at}/{place}", "maker.problem.doubled", {"name": str(one)[:60]})


def fields_known(one: Mapping[str, Any]) -> frozenset[str] | None:
    """The fields that a checked reader gives; None where its records name them themselves."""
    reader = one.get("reader", "pattern")
    envelope = ENVELOPE_FIELDS if one.get("syslog") or reader == "json" else ()
    if reader == "pattern":
        return frozenset({*envelope, *(name for case in one["cases"] for name in named_fields(case["match"]))})
    return frozenset({*envelope, *one["columns"]}) if reader in ("csv", "table") else None


def _mapping(at: str, one: Mapping[str, Any]) -> Found:
    try:
        known = fields_known(one)
    except (PatternWrongError, KeyError, TypeError):
        known = None  # said already
    time = one.get("time", ["time"])
    if not isinstance(time, list) or not 0 < len(time) <= MOST_PLACES:
        yield Problem(f"{at}/time", "maker.problem.no_time")
    else:
        for place, text in enumerate(time):
            parts = text.split("+") if isinstance(text, str) else [text]
            yield from _places(f"{at}/time/{place}", parts, known)
    given = one.get("map", {})
    if not isinstance(given, dict):
        yield Problem(f"{at}/map", "maker.problem.no_mapping")
        return
    for name, places in given.items():
        if name not in MAPPABLE:
            yield Problem(f"{at}/map/{str(name)[:60]}", "maker.problem.attribute", {"name": str(name)[:60]})
        yield from _places(f"{at}/map/{str(name)[:60]}", [places] if isinstance(places, str) else places, known)


def _places(at: str, places: Any, known: frozenset[str] | None) -> Found:
    if not isinstance(places, list) or not 0 < len(places) <= MOST_PLACES:
        yield Problem(at, "maker.problem.many", {"most": MOST_PLACES})
        return
    for one in places:
        if not _is_line(one, LONGEST_FIELD) or not one:
            yield Problem(at, "maker.problem.line", {"most": LONGEST_FIELD})
        elif known is not None and one not in known:
            yield Problem(at, "maker.problem.no_field", {"name": one[:60]})


def _set(at: str, given: Any) -> Found:
    if not isinstance(given, dict):
        yield Problem(at, "maker.problem.no_mapping")
        return
    for name, value in given.items():
        here = f"{at}/{str(name)[:60]}"
        if name not in SETTABLE:
            yield Problem(here, "maker.problem.attribute", {"name": str(name)[:60]})
        elif not may_be(name, value):
            yield Problem(here, "maker.problem.choice", {"value": str(value)[:60]})


def _by(at: str, given: Any) -> Found:
    if not isinstance(given, dict) or len(given) > MOST_PLACES:
        yield Problem(at, "maker.problem.no_mapping")
        return
    for name, values in given.items():
        here = f"{at}/{str(name)[:60]}"
        if not _is_line(name, LONGEST_FIELD) or not isinstance(values, dict) or len(values) > MOST_VALUES:
            yield Problem(here, "maker.problem.many", {"most": MOST_VALUES})
            continue
        for value, implied in values.items():
            if not _is_line(value, LONGEST_FIELD):
                yield Problem(here, "maker.problem.line", {"most": LONGEST_FIELD})
            yield from _set(f"{here}/{str(value)[:60]}", implied)


def _texts(at: str, given: Any, most: int, *, empty: bool = False) -> Found:
    if not isinstance(given, list) or len(given) > most:
        yield Problem(at, "maker.problem.many", {"most": most})
        return
    for place, one in enumerate(given):
        if not _is_line(one, LONGEST_FIELD) or not (one or empty):
            yield Problem(f"{at}/{place}", "maker.problem.line", {"most": LONGEST_FIELD})


def _chosen(at: str, given: Any, known: tuple[str, ...]) -> Found:
    if not isinstance(given, list):
        yield Problem(at, "maker.problem.many", {"most": len(known)})
        return
    for one in given:
        if not isinstance(one, str) or one not in known:
            yield Problem(at, "maker.problem.choice", {"value": str(one)[:60]})


def _claims(at: str, one: Mapping[str, Any]) -> Found:
    """A format may take a shipped one's records only where its author says so."""
    taken = [name for name in claimed_by(one) if name not in one.get("before", ())]
    if taken:
        yield Problem(f"{at}/before", "maker.problem.claims", {"count": len(taken), "names": ", ".join(taken[:10])})


def _is_line(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and not _CONTROL.search(value)


def _doubled(given: list[dict[str, Any]]) -> Found:
    seen: set[str] = set()
    for place, one in enumerate(given):
        name = str(one.get("id", ""))
        if name and name in seen:
            yield Problem(f"formats/{place}/id", "maker.problem.doubled", {"name": name[:60]})
        seen.add(name)
