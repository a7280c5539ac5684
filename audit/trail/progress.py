"""How far the log has come along the keys of the rows."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.trail.log import MerkleLog
from audit.trail.notes import Checkpoint
from audit.trail.tiles import write_durably

FILE = "integrated"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is in the log: ``size`` entries, keys up to ``high`` but for ``gaps`` (first and last of each)."""

    size: int = 0
    high: int = 0
    gaps: tuple[tuple[int, int], ...] = ()

    def knows(self, row: int) -> bool:
        """Whether the row is in the log."""
        return row <= self.high and not any(first <= row <= last for first, last in self.gaps)

    def after(self, rows: Iterable[int]) -> "Progress":
        """Return the progress once these rows, none of them known, are in the log too."""
        high, gaps, size = self.high, list(self.gaps), self.size
        for row in sorted(rows):
            size += 1
            if row <= high:
                gaps = [part for gap in gaps for part in _without(gap, row)]
                continue
            if row > high + 1:
                gaps.append((high + 1, row - 1))
            high = row
        return Progress(size, high, tuple(gaps))

    @property
    def clause(self) -> str:
        """The SQL clause of the rows that are not in the log."""
        late = "".join(f" OR id BETWEEN {first} AND {last}" for first, last in self.gaps)
        return f"WHERE id > {self.high}{late}"


def read_progress(log: MerkleLog, checkpoint: Checkpoint | None) -> Progress:
    """Return the progress that goes with the checkpoint, from the note beside it or from the log itself."""
    if checkpoint is None:
        return Progress()
    try:
        noted: dict[str, Any] = json.loads((log.folder / FILE).read_bytes())
        found = Progress(noted["size"], noted["high"], tuple((first, last) for first, last in noted["gaps"]))
    except (OSError, ValueError, KeyError, TypeError):
        found = Progress()
    # the note is written after the checkpoint: a run cut off between them left an older one
    return found if found.size == checkpoint.size else Progress().after(log.ids(checkpoint.size))


def keep_progress(log: MerkleLog, progress: Progress) -> None:
    """Note the progress beside the log."""
    noted = {"size": progress.size, "high": progress.high, "gaps": progress.gaps}
    write_durably(log.folder / FILE, json.dumps(noted).encode())


def _without(gap: tuple[int, int], row: int) -> list[tuple[int, int]]:
    first, last = gap
    if not first <= row <= last:
        return [gap]
    return [part for part in ((first, row - 1), (row + 1, last)) if part[0] <= part[1]]
