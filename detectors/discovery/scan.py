"""A scan: sources opened, tables measured, columns decided and graded. It stores nothing and keeps no value."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from detectors.discovery.columns import Column, profile
from detectors.discovery.finding import ColumnFinding, ScanResult, Skipped, TableFinding
from detectors.discovery.measure import Measures, measure
from detectors.discovery.settled import doubtful
from detectors.discovery.sources import database, paths
from detectors.discovery.sources.base import Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.coverage import Method, Stop
from policies.grading.decision import GradedColumn, grade_table
from policies.grading.policy import GradingPolicy, default_body, policy_of
from soc.errors import SocError
from soc.ledger.sources import is_url, shown_address
from soc.text import t, told

_TIME_NAME = re.compile(r"(?:time|date|_at|ts|timestamp|sj|rq)$|时间|日期|时刻", re.IGNORECASE)
_TIME_SHAPES = ("9999-99-99", "9999/99/99", "99999999999999", "9999-99-99A99:99:99")
_STATE_SECRET = re.compile(r"(?:绝密|机密|秘密)\s*★")


@dataclass(frozen=True, slots=True)
class Orders:
    """How to scan: how much is read, whether names count, and by which policy levels are given."""

    sampling: Sampling = field(default_factory=Sampling)
    policy: GradingPolicy = field(default_factory=lambda: policy_of(default_body()))
    progress: Callable[[str], None] = lambda _name: None


def scan(locations: Sequence[str], orders: Orders) -> ScanResult:
    """Scan databases (URLs) and files or folders (paths), one after another.

    Raises:
        SocError: a location cannot be read at all; what is wrong inside one is in ``skipped``.
    """
    tables: list[TableFinding] = []
    skipped: list[Skipped] = []
    for location in locations:
        for found in _of_url(location, orders) if is_url(location) else _of_path(Path(location), orders):
            (tables if isinstance(found, TableFinding) else skipped).append(found)  # type: ignore[arg-type]
    return ScanResult(", ".join(shown_address(one) for one in locations), tuple(tables), tuple(skipped))


def _of_url(url: str, orders: Orders) -> Iterator[TableFinding | Skipped]:
    engine = database.engine_of(url)
    yield from _each(database.tables_of(engine), orders)


def _of_path(root: Path, orders: Orders) -> Iterator[TableFinding | Skipped]:
    for found in paths.walk(root):
        if isinstance(found, Skipped):
            yield found
            continue
        try:
            if paths.is_database(found):
                yield from _of_url(f"sqlite:///{found.resolve()}", orders)
            else:
                yield from _each(paths.tables_of(found), orders)
        except (SocError, OSError) as error:
            yield Skipped(str(found), _reason(error))


def _each(tables: list[Table], orders: Orders) -> Iterator[TableFinding | Skipped]:
    for table in tables:
        orders.progress(table.name)
        try:
            yield scan_table(table, orders)
        except (SocError, OSError, pl.exceptions.PolarsError, UnicodeError, ValueError) as error:
            yield Skipped(table.path or table.name, _reason(error))


def _reason(error: Exception) -> str:
    """Why something was left out, in words; an unforeseen error says no value of the source."""
    return told(error) if isinstance(error, SocError) else t("discovery.skipped.broken", kind=type(error).__name__)


def scan_table(table: Table, orders: Orders) -> TableFinding:
    """Measure, decide and grade one table.

    Raises:
        UnreadableError: it cannot be read, or it bears a mark of state secrets: then nothing of it is kept.
    """
    reading = table.read(orders.sampling)
    try:
        findings = _measured(table, reading, orders.sampling)
    finally:
        reading.close()
    return _graded(table.name, reading, findings, orders.policy)


def _measured(table: Table, reading: Reading, sampling: Sampling) -> tuple[ColumnFinding, ...]:
    """Add up the counts of every batch, until nothing is in doubt; the lexical model reads the first one only."""
    counted = {name: Measures() for name in reading.columns}
    for place, frame in enumerate(reading.within(sampling.budget)):
        for name in frame.columns:
            if _is_secret(frame[name]):
                raise UnreadableError("errors.discovery.state_secret")
            counted[name] += measure(frame[name], model=place == 0)
        if reading.coverage.method is not Method.WHOLE and _enough(table, reading, counted, sampling):
            reading.coverage.stop = Stop.SURE
            break
    return profile(_columns(table, counted), named=sampling.headers)


def _columns(table: Table, counted: Mapping[str, Measures]) -> list[Column]:
    return [Column(name, measures, table.comments.get(name, "")) for name, measures in counted.items()]


def _enough(table: Table, reading: Reading, counted: Mapping[str, Measures], sampling: Sampling) -> bool:
    """Whether a growing sample may stop here; what is in doubt is all that is read further."""
    columns = _columns(table, counted)
    findings = profile(columns, named=sampling.headers)
    reading.wanted = doubtful(columns, findings, ordinary=reading.coverage.rows_read >= sampling.rows)
    return not reading.wanted


def _is_secret(values: pl.Series) -> bool:
    """Whether a value bears the mark of a state secret: state secrets are out of scope by law."""
    return bool(values.str.contains(_STATE_SECRET.pattern).any())


def _graded(name: str, reading: Reading, findings: tuple[ColumnFinding, ...], policy: GradingPolicy) -> TableFinding:
    columns = [GradedColumn(one.name, one.type, one.comment, is_time=_is_time(one)) for one in findings]
    grade = grade_table(name, columns, policy, rows=reading.rows)
    settled = tuple(
        replace(finding, level=graded.level, category=graded.category)
        for finding, graded in zip(findings, grade.columns, strict=True)
    )
    return TableFinding(
        name=name,
        rows=reading.rows,
        columns=settled,
        rows_estimated=reading.estimated,
        category=grade.category,
        level=grade.level,
        flags=grade.flags,
        coverage=reading.coverage.as_dict(),
    )


def _is_time(finding: ColumnFinding) -> bool:
    return bool(_TIME_NAME.search(finding.name)) or finding.evidence.shape.startswith(_TIME_SHAPES)
