"""What the pages say of one entry: its words, what is sealed beside it, its proof."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from audit.trail.ladder import Ladder, ladder
from audit.trail.log import LogBrokenError, MerkleLog, row_id
from audit.trail.notes import Checkpoint
from audit.trail.progress import Progress, read_progress
from audit.trail.search import TrailSearch, entries
from audit.trail.tiles import WIDTH
from config.settings import Settings
from soc.crypto import SealError, ring_of
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.trail import TrailEntry
from soc.trail.leaf import LeafError, leaf_bytes, sha256_leaf
from soc.trail.record import Private, opened
from soc.trail.seals import seal_holds


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as its page shows it; ``proof`` is None while it waits for the log."""

    entry: TrailEntry
    at: datetime
    leaf: str
    details: Private | None
    sealed: bool
    index: int | None
    size: int
    proof: Ladder | None
    #: the log's files contradict their checkpoint
    broken: bool


def shown(session: Session, actor: Actor, settings: Settings, row: int) -> Shown:
    """Return an entry within the actor's scope, with its proof made anew.

    Raises:
        NotFoundError: there is none, or it lies outside the scope.
    """
    entry = session.scalar(entries(actor, TrailSearch()).where(TrailEntry.id == row))
    if entry is None:
        raise NotFoundError
    log = MerkleLog.of(settings)
    words = {column.name: getattr(entry, column.name) for column in TrailEntry.__table__.columns}
    try:
        leaf = leaf_bytes(words)
    except LeafError:
        leaf = b""
    index, checkpoint, broken = _place(log, row)
    proof = None
    if index is not None and checkpoint is not None:
        path = log.inclusion(index, checkpoint.size)
        proof = ladder(sha256_leaf(leaf), index, checkpoint.size, path, checkpoint.root)
    size = 0 if checkpoint is None else checkpoint.size
    whole = seal_holds(ring_of(settings), words)
    return Shown(entry, at_of(entry), leaf.decode(), _details(settings, entry), whole, index, size, proof, broken)


def at_of(entry: TrailEntry) -> datetime:
    """Return when it was done."""
    return datetime.fromisoformat(entry.at)


def signed_at(settings: Settings) -> datetime | None:
    """Return when the newest checkpoint was signed."""
    file = MerkleLog.of(settings).folder / "checkpoint"
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, settings.timezone)
    except FileNotFoundError:
        return None


def _place(log: MerkleLog, row: int) -> tuple[int | None, Checkpoint | None, bool]:
    """Return where the log holds a row: its place, the checkpoint, and whether the log is broken."""
    try:
        checkpoint = log.checkpoint()
        progress = read_progress(log, checkpoint)
        if checkpoint is None or not progress.knows(row):
            return None, checkpoint, False
        return _index(log, progress, row), checkpoint, False
    except (LogBrokenError, LookupError, ValueError):
        return None, None, True


def _index(log: MerkleLog, progress: Progress, row: int) -> int:
    # where entries came in turn, the place follows from the key; else the log is searched
    below = sum(min(last, row) - first + 1 for first, last in progress.gaps if first <= row)
    guess = row - 1 - below
    bundle, place = divmod(guess, WIDTH)
    width = min(WIDTH, progress.size - bundle * WIDTH)
    if 0 <= place < width and row_id(log.tiles.leaves(bundle, width)[place]) == row:
        return guess
    return log.ids(progress.size).index(row)


def _details(settings: Settings, entry: TrailEntry) -> Private | None:
    try:
        return opened(settings, entry)
    except (SealError, ValueError, KeyError):
        return None
