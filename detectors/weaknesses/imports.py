"""Results of other scanners: SARIF 2.1.0, and CSV with a mapping of its columns."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from detectors.weaknesses.values import Hit
from soc.errors import InputError

#: bytes of a file
LARGEST = 32 << 20
_MOST = 50_000
_LONGEST = 500
_LEVELS = {"error": 4, "warning": 3, "note": 2, "none": 1}
_WORDS = {
    "critical": 4, "严重": 4, "超危": 4, "high": 4, "高": 4, "高危": 4, "medium": 3, "moderate": 3, "中": 3, "中危": 3,
    "low": 2, "低": 2, "低危": 2, "info": 1, "informational": 1, "信息": 1, "提示": 1,
}  # fmt: skip

Found = tuple[str, int, Hit, str]


class UnreadableResultError(InputError):
    """A file of results that is none."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: the tool's name, its results, and the lines that could not be read."""

    tool: str
    found: tuple[Found, ...]
    #: (line from 1, message id)
    faults: tuple[tuple[int, str], ...] = ()


def read_sarif(raw: bytes) -> Imported:
    """Read the results of a SARIF file.

    Raises:
        UnreadableResultError: no JSON, no SARIF 2.1, or too large.

    Source: OASIS SARIF 2.1.0, sections 3.14 (run), 3.27 (result), 3.58 (level).
    """
    if len(raw) > LARGEST:
        raise UnreadableResultError("errors.weak.too_large")
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableResultError("errors.weak.no_sarif") from error
    runs = document.get("runs") if isinstance(document, dict) else None
    if not isinstance(runs, list) or not str(document.get("version", "")).startswith("2.1"):
        raise UnreadableResultError("errors.weak.no_sarif")
    found = [one for run in runs if isinstance(run, dict) for one in _of_run(run)]
    return Imported(_tool(runs), tuple(found[:_MOST]))


def _tool(runs: list[Any]) -> str:
    for run in runs:
        name = _at(run, "tool", "driver", "name")
        if isinstance(name, str) and name.strip():
            return name.strip()[:60]
    return "sarif"


def _of_run(run: Mapping[str, Any]) -> Iterator[Found]:
    rules = {str(rule.get("id")): rule for rule in _list(_at(run, "tool", "driver", "rules")) if isinstance(rule, dict)}
    for result in _list(run.get("results")):
        if isinstance(result, dict) and result.get("kind", "fail") == "fail":
            yield _of_result(result, rules)


def _of_result(result: Mapping[str, Any], rules: Mapping[str, Any]) -> Found:
    name = str(result.get("ruleId") or _at(result, "rule", "id") or "result")[:120]
    rule = rules.get(name, {})
    default = _at(rule, "defaultConfiguration", "level")
    level = str(result.get("level") or default or "warning")
    text = _at(result, "message", "text") or _at(rule, "shortDescription", "text") or name
    place = _place(result)
    return name, _LEVELS.get(level, 3), Hit(place, {"place": place}), str(text)[:_LONGEST]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _place(result: Mapping[str, Any]) -> str:
    locations = result.get("locations")
    first = locations[0] if isinstance(locations, list) and locations else {}
    path = _at(first, "physicalLocation", "artifactLocation", "uri")
    line = _at(first, "physicalLocation", "region", "startLine")
    logical = _at(first, "logicalLocations")
    if path is None and isinstance(logical, list) and logical:
        path = _at(logical[0], "fullyQualifiedName")
    return (f"{path}:{line}" if line else str(path or ""))[:_LONGEST]


def _at(value: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; ``severity`` and ``place`` may be empty."""

    rule: str
    title: str
    severity: str = ""
    place: str = ""


def read_csv(raw: bytes, tool: str, columns: Columns) -> Imported:
    """Read results from a CSV in UTF-8 or GB18030; a line without a rule is a fault, the others stay.

    Raises:
        UnreadableResultError: too large, no text, or a column that is not there.
    """
    if len(raw) > LARGEST:
        raise UnreadableResultError("errors.weak.too_large")
    reader = csv.DictReader(StringIO(_text(raw), newline=""))
    try:
        header = reader.fieldnames or []
        missing = [
            one for one in (columns.rule, columns.title, columns.severity, columns.place) if one and one not in header
        ]
        if missing:
            raise UnreadableResultError("errors.weak.no_column", name=missing[0])
        return _of_lines(reader, tool, columns)
    except csv.Error as error:
        raise UnreadableResultError("errors.weak.no_csv") from error


def _of_lines(reader: "csv.DictReader[str]", tool: str, columns: Columns) -> Imported:
    found: list[Found] = []
    faults: list[tuple[int, str]] = []
    for line in reader:
        rule, title = (str(line.get(one) or "").strip() for one in (columns.rule, columns.title))
        severity = _severity(str(line.get(columns.severity) or "")) if columns.severity else 2
        if not rule or severity is None:
            faults.append((reader.line_num, "weak.fault.rule" if not rule else "weak.fault.severity"))
            continue
        place = str(line.get(columns.place) or "").strip()[:_LONGEST] if columns.place else ""
        found.append((rule[:120], severity, Hit(place, {"place": place}), (title or rule)[:_LONGEST]))
        if len(found) >= _MOST:
            break
    return Imported(tool, tuple(found), tuple(faults))


def _severity(text: str) -> int | None:
    """1 to 4 of a word, of a CVSS score, or of a number 1 to 4; None for anything else."""
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    try:
        number = float(word)
    except ValueError:
        return None
    if not 0 <= number <= 10:
        return None
    # CVSS 3.1, qualitative severity ratings
    return 4 if number >= 7 else 3 if number >= 4 else 2 if number > 0 else 1


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableResultError("errors.weak.no_csv")
