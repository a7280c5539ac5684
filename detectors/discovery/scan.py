"""A scan: sources opened, tables measured, columns decided and graded. It stores nothing and keeps no value."""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from detectors.discovery import documents, objects, secrecy
from detectors.discovery.documents import TextRead
from detectors.discovery.finding import ColumnFinding, ScanResult, Secret, Skipped, TableFinding
from detectors.discovery.gathering import Gathering
from detectors.discovery.measure import Measures
from detectors.discovery.profile import Profile
from detectors.discovery.settled import doubtful
from detectors.discovery.sketches import VALUES
from detectors.discovery.sources import buckets, database, paths
from detectors.discovery.sources.base import Reading, Sampling, SourceUnreachableError, StateSecretError, Table
from detectors.discovery.sources.coverage import Method, Stop
from detectors.discovery.sources.databases.trouble import Trouble, TroubleError
from detectors.discovery.sources.files.document import Document
from detectors.discovery.sources.files.handle import Handle
from policies.grading.decision import GradedColumn, grade_table
from policies.grading.policy import GradingPolicy, default_body, policy_of
from soc.ledger.sources import is_url, shown_address

_TIME_NAME = re.compile(r"(?:time|date|_at|ts|timestamp|sj|rq)$|时间|日期|时刻", re.IGNORECASE)
_TIME_SHAPES = ("9999-99-99", "9999/99/99", "99999999999999", "9999-99-99A99:99:99")
Found = TableFinding | Skipped | Secret


@dataclass(frozen=True, slots=True)
class Orders:
    """How to scan: how much is read, whether names count, and by which policy levels are given.

    ``persistent`` raises when the source no longer answers, for whoever asks again later; else each table
    that could not be read is named.
    """

    sampling: Sampling = field(default_factory=Sampling)
    policy: GradingPolicy = field(default_factory=lambda: policy_of(default_body()))
    progress: Callable[[str], None] = lambda _name: None
    persistent: bool = False
    #: the installation's key for sketches; none are made without it
    sketch_key: bytes | None = field(default=None, repr=False)


def scan(locations: Sequence[str], orders: Orders) -> ScanResult:
    """Scan databases (URLs) and files or folders (paths), one after another.

    Raises:
        SocError: a location cannot be read at all; what is wrong inside one is in ``skipped``.
    """
    found = [one for location in locations for one in objects.told_apart(location, scan_location(location, orders))]
    return ScanResult(
        ", ".join(shown_address(one) for one in locations),
        tuple(one for one in found if isinstance(one, TableFinding)),
        tuple(one for one in found if isinstance(one, Skipped)),
        tuple(one for one in found if isinstance(one, Secret)),
    )


def scan_location(location: str, orders: Orders) -> Iterator[Found]:
    """Scan one database or bucket (URL), file or folder (path), object by object."""
    if buckets.is_bucket(location):
        yield from _of_files(buckets.Bucket(location).walk(orders.sampling.select), orders)
    elif is_url(location):
        yield from _of_url(location, orders)
    else:
        yield from _of_files(paths.walk(Path(location), orders.sampling.select), orders)


def _of_url(url: str, orders: Orders) -> Iterator[Found]:
    with database.open_database(url) as opened:
        for table in opened.tables():
            yield scan_object(table, orders)


def _of_files(walked: Iterator[Handle | Table | Skipped], orders: Orders) -> Iterator[Found]:
    for found in walked:
        if isinstance(found, Skipped):
            yield found
        else:
            yield from scan_handle(found, orders)


def scan_handle(file: Handle | Table, orders: Orders) -> Iterator[Found]:
    """Scan one file, wherever it lies, with everything in it; or a folder that is one table."""
    yield from objects.scan_file(file, lambda one: scan_object(one, orders), lambda url: _of_url(url, orders))


def scan_object(table: Table | Document, orders: Orders) -> Found:
    """Scan one table or document; what cannot be read is named, and of a state secret only its path is kept.

    Raises:
        SocError: the source answers no more (see :func:`is_away`), and the orders are persistent.
    """
    if not secrecy.in_name(table.name):
        orders.progress(table.name)
    try:
        return _scan_document(table, orders) if isinstance(table, Document) else scan_table(table, orders)
    except StateSecretError:
        return Secret(table.path or table.name)
    except objects.FORESEEN as error:
        if orders.persistent and is_away(error):
            raise
        return Skipped(table.path or table.name, objects.reason_of(error))


def is_away(error: Exception) -> bool:
    """Whether an error says that the source is gone rather than that one table cannot be read."""
    return isinstance(error, SourceUnreachableError) or (
        isinstance(error, TroubleError) and error.trouble is Trouble.LOST
    )


def scan_table(table: Table, orders: Orders) -> TableFinding:
    """Measure, decide and grade one table.

    Raises:
        UnreadableError: it cannot be read.
        StateSecretError: it bears a mark of state secrets; nothing of it is kept.
    """
    if secrecy.in_name(table.name) or secrecy.in_titles(table.comments.values()):
        raise StateSecretError
    reading = table.read(orders.sampling)
    try:
        findings = _measured(table, reading, orders.sampling, orders.sketch_key)
    finally:
        reading.close()
    if orders.persistent and reading.coverage.stop is Stop.LOST:
        raise TroubleError(Trouble.LOST, table.name)
    return _graded(table, reading, findings, orders.policy)


def _scan_document(document: Document, orders: Orders) -> TableFinding:
    """Read a document's running text: what is found in it are its columns."""
    text = documents.read(document, orders.sampling)
    return _graded(document, text, text.findings, orders.policy)


def _measured(
    table: Table, reading: Reading, sampling: Sampling, key: bytes | None = None
) -> tuple[ColumnFinding, ...]:
    """Merge the profiles of every batch, until nothing is in doubt; the lexical model reads the first one only."""
    seen = Profile({name: Measures() for name in reading.columns})
    frames = _unmarked(reading.within(sampling.budget))
    if sampling.full:
        return _measured_whole(table, frames, seen, sampling, key)
    for place, frame in enumerate(frames):
        seen = seen.merge(Profile.of(frame, model=place == 0, key=key))
        if reading.coverage.method is not Method.WHOLE and _enough(table, reading, seen, sampling):
            reading.coverage.stop = Stop.SURE
            break
    return tuple(_sketched(one, seen) for one in seen.findings(table.comments, named=sampling.headers))


def _measured_whole(
    table: Table, frames: Iterator[pl.DataFrame], seen: Profile, sampling: Sampling, key: bytes | None
) -> tuple[ColumnFinding, ...]:
    """Merge the profiles of all there is; what was found sensitive is sketched at the end."""
    gathering = Gathering(key)
    for profile in gathering.profiles(frames):
        seen = seen.merge(profile)
    findings = seen.findings(table.comments, named=sampling.headers)
    seen = seen.merge(gathering.sketches(one.name for one in findings if _is_compared(one)))
    return tuple(_sketched(one, seen) for one in findings)


def _unmarked(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Let frames pass until one bears a mark of state secrets: from there on nothing is read."""
    for frame in frames:
        if any(secrecy.in_values(frame[name]) for name in frame.columns):
            raise StateSecretError
        yield frame


def _sketched(finding: ColumnFinding, seen: Profile) -> ColumnFinding:
    """Give a sensitive column its sketch."""
    found = seen.columns[finding.name].sketches.get(VALUES) if finding.name in seen.columns else None
    if found is None or not _is_compared(finding):
        return finding
    return replace(finding, sketch=base64.b64encode(found.pack()).decode())


def _is_compared(finding: ColumnFinding) -> bool:
    """Whether a column's values can be compared with others' and counted: sensitive ones that are not masked."""
    return finding.type is not None and not finding.masked


def _enough(table: Table, reading: Reading, seen: Profile, sampling: Sampling) -> bool:
    """Whether a growing sample may stop here; what is in doubt is all that is read further."""
    findings = seen.findings(table.comments, named=sampling.headers)
    columns = seen.described(table.comments)
    reading.wanted = doubtful(columns, findings, ordinary=reading.coverage.rows_read >= sampling.rows)
    return not reading.wanted


def _graded(
    table: Table | Document, reading: Reading | TextRead, findings: tuple[ColumnFinding, ...], policy: GradingPolicy
) -> TableFinding:
    columns = [GradedColumn(one.name, one.type, one.comment, is_time=_is_time(one)) for one in findings]
    grade = grade_table(table.name, columns, policy, rows=reading.rows)
    settled = tuple(
        replace(finding, level=graded.level, category=graded.category)
        for finding, graded in zip(findings, grade.columns, strict=True)
    )
    return TableFinding(
        name=table.name,
        rows=reading.rows,
        columns=settled,
        rows_estimated=reading.estimated,
        category=grade.category,
        level=grade.level,
        flags=grade.flags,
        path=table.path,
        notes=(*table.notes, *reading.notes),
        coverage=reading.coverage.as_dict(),
    )


def _is_time(finding: ColumnFinding) -> bool:
    return bool(_TIME_NAME.search(finding.name)) or finding.evidence.shape.startswith(_TIME_SHAPES)
