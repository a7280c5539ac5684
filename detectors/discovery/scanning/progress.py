"""How far a scan is: tables, rows, the rate, and the time that is left by the size of what is left."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

#: seconds over which the rate is taken
_WINDOW = 20.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a scan. ``settled`` of ``total`` relations; ``share`` of the work, 0 to 1."""

    settled: int
    total: int
    rows: int
    cells: int
    share: float
    rows_per_second: float
    left: timedelta | None
    spent: timedelta
    name: str = ""


@dataclass(slots=True)
class Meter:
    """Adds up what comes in. Seconds are those of a clock that the caller reads."""

    total: int
    effort: float
    started: float
    #: settled before this run began: carried over, or read before a pause
    settled: int = 0
    rows: int = 0
    cells: int = 0
    done: float = 0.0
    spent_before: timedelta = timedelta(0)
    share_before: float = 0.0
    name: str = ""
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, *, effort: float, rows: int, cells: int, name: str, at: float) -> None:
        """Count a unit that is done."""
        self.settled += 1
        self.done += effort
        self.rows += rows
        self.cells += cells
        self.name = name
        self._marks.append((at, rows))

    def now(self, at: float) -> Progress:
        """How far it is at ``at``."""
        part = min(1.0, self.done / self.effort) if self.effort else 1.0
        spent = at - self.started
        left = timedelta(seconds=spent * (1 - part) / part) if part > 0.01 and spent > 2 else None
        share = self.share_before + (1 - self.share_before) * part
        return Progress(
            settled=self.settled,
            total=self.total,
            rows=self.rows,
            cells=self.cells,
            share=share,
            rows_per_second=self._rate(at),
            left=left,
            spent=self.spent_before + timedelta(seconds=spent),
            name=self.name,
        )

    def _rate(self, at: float) -> float:
        while self._marks and self._marks[0][0] < at - _WINDOW:
            self._marks.popleft()
        span = min(_WINDOW, max(0.5, at - self.started))
        return sum(rows for _, rows in self._marks) / span
