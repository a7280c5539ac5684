"""Verification: is every entry of the trail what it was, and are all of them there?

Nothing is written. What is compared, each with the others:

- every row with its seal (a key outside the database): any changed column, also before integration;
- every row with its leaf in the log, and the log's leaves with its two roots and their signature;
- the keys that the log and the high-water mark know with those that are there: deletions, truncation;
- the roots that witnesses cosigned with the log as it is now: history rewritten with a stolen key.

An entry's number is the rank of its key, from 0, among all keys that any of these knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.trail.log import MerkleLog, row_id
from audit.trail.merkle import SHA256, SM3, LeafNodes, root
from audit.trail.notes import Checkpoint, NoteError
from audit.trail.tiles import TileError, TileNodes, bundles
from audit.trail.witness import Witnessed, kept_cosignatures
from config.settings import Settings
from soc.db import Database
from soc.trail.acknowledged import Mark, read_marks
from soc.trail.leaf import LeafError, leaf_bytes, sha256_leaf
from soc.trail.rows import Row, stored_rows
from soc.trail.seals import seal_holds


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was; ``entry`` is its number where it concerns one, ``row`` its key."""

    code: str
    entry: int | None = None
    row: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what ``soc audit verify --json`` prints."""
        return {"code": self.code, "entry": self.entry, "row": self.row}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found."""

    entries: int
    checkpoint: Checkpoint | None
    problems: tuple[Problem, ...]
    witnesses: tuple[Witnessed, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def first_bad(self) -> int | None:
        """Number of the first entry that is not as it was, or is missing."""
        return min((one.entry for one in self.problems if one.entry is not None), default=None)

    def as_json(self) -> dict[str, Any]:
        """Return what ``soc audit verify --json`` prints."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "first_bad": self.first_bad,
            "checkpoint": None if self.checkpoint is None else checkpoint_json(self.checkpoint),
            "problems": [one.as_json() for one in self.problems[:100]],
            "witnesses": [one.as_json() for one in self.witnesses],
        }


@dataclass
class _Findings:
    """Codes by row key, and those of the log as a whole."""

    rows: dict[int, str] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)

    def blame(self, row: int, code: str) -> None:
        self.rows.setdefault(row, code)


def verify(database: Database, settings: Settings) -> Verdict:
    """Compare rows, log, high-water mark and cosignatures; writes nothing."""
    log = MerkleLog.of(settings)
    findings = _Findings()
    # marks before log before rows: what is committed meanwhile only adds to the later ones
    marks = read_marks(log.folder)
    checkpoint = _signed(log, findings)
    leaves = _logged(log, checkpoint, findings)
    witnesses = kept_cosignatures(log, checkpoint)
    findings.whole.extend("witness" for one in witnesses if not one.ok)
    seen, unreadable = _compare(stored_rows(database), leaves, marks, log, findings)
    known = sorted(seen | leaves.keys() | {mark.id for mark in marks})
    return Verdict(len(seen) + unreadable, checkpoint, _numbered(findings, known, unreadable), witnesses)


def checkpoint_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as JSON."""
    sm3 = None if checkpoint.sm3_root is None else checkpoint.sm3_root.hex()
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex(), "sm3": sm3}


def _signed(log: MerkleLog, findings: _Findings) -> Checkpoint | None:
    try:
        note = log.note()
        found = None if note is None else Checkpoint.parse(note.text)
    except NoteError:
        findings.whole.append("checkpoint_unreadable")
        return None
    if note is None or found is None:
        if log.is_lost():
            findings.whole.append("checkpoint_missing")
        return None
    if not any(found.origin == one.name and note.signed_by(one) for one in log.verifiers()):
        findings.whole.append("checkpoint_signature")
    return found


def _logged(log: MerkleLog, checkpoint: Checkpoint | None, findings: _Findings) -> dict[int, bytes]:
    """Return the leaf hash of every row in the log, as its tiles hold it."""
    if checkpoint is None:
        return {}
    found: dict[int, bytes] = {}
    hashes: list[bytes] = []
    second: list[bytes] = []
    try:
        for index, width in bundles(checkpoint.size):
            first = log.tiles.hashes(0, index, width)
            hashes += first
            second += log.sm3_tiles.hashes(0, index, width)
            for leaf, digest in zip(log.tiles.leaves(index, width), first, strict=True):
                row = row_id(leaf)
                found[row] = digest
                if sha256_leaf(leaf) != digest:
                    findings.blame(row, "log_altered")
    except (TileError, LookupError):
        findings.whole.append("log_unreadable")
    _check_roots(log, checkpoint, hashes, second, findings)
    return found


def _check_roots(
    log: MerkleLog, checkpoint: Checkpoint, hashes: list[bytes], second: list[bytes], findings: _Findings
) -> None:
    if len(hashes) != checkpoint.size or len(second) != checkpoint.size:
        return
    # from the leaves, and by the stored upper tiles that proofs are made of
    roots = [root(LeafNodes(hashes, SHA256), checkpoint.size)]
    try:
        roots.append(log.root(checkpoint.size))
        sm3_stored = root(TileNodes(log.sm3_tiles, checkpoint.size), checkpoint.size, SM3)
    except LookupError:
        findings.whole.append("log_unreadable")
        return
    if any(one != checkpoint.root for one in roots):
        findings.whole.append("log_root")
    sm3_found = root(LeafNodes(second, SM3), checkpoint.size, SM3)
    if checkpoint.sm3_root is None or {sm3_found, sm3_stored} != {checkpoint.sm3_root}:
        findings.whole.append("log_sm3_root")


def _compare(
    rows: Iterable[Row | None], leaves: Mapping[int, bytes], marks: Iterable[Mark], log: MerkleLog, findings: _Findings
) -> tuple[set[int], int]:
    seals = {mark.id: mark.seal for mark in marks}
    seen: set[int] = set()
    unreadable = 0
    for row in rows:
        key = None if row is None else row.get("id")
        if row is None or type(key) is not int:
            unreadable += 1
            findings.whole.append("row_unreadable")
            continue
        seen.add(key)
        if code := _fault(row, leaves.get(key), seals.get(key), log):
            findings.blame(key, code)
    for key in (leaves.keys() | seals.keys()) - seen:
        findings.blame(key, "missing")
    return seen, unreadable


def _fault(row: Row, leaf: bytes | None, seal: str | None, log: MerkleLog) -> str | None:
    try:
        digest = sha256_leaf(leaf_bytes(row))
    except LeafError:
        return "unreadable"
    if leaf is not None and leaf != digest:
        return "altered"
    if seal is not None and seal != row.get("seal"):
        return "altered"
    return None if seal_holds(log.ring, row) else "seal"


def _numbered(findings: _Findings, known: list[int], unreadable: int) -> tuple[Problem, ...]:
    numbers = {row: number for number, row in enumerate(known)}
    problems = [Problem(code, numbers[row], row) for row, code in sorted(findings.rows.items())]
    if unreadable and not problems:
        # the table broke off behind the last row that could be read
        problems.append(Problem("row_unreadable", len(known)))
    return (*problems, *(Problem(code) for code in dict.fromkeys(findings.whole)))
