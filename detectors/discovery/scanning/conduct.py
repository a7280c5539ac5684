"""One scan from its order to its result: what to read is chosen, workers read it, the register keeps it.

``Keeper`` is the register's side: one keeps nothing (``--dry-run``), the other the state database. Whatever ends
a scan early (a person, its hours, the source, a full disk, a kill) leaves what was committed, and the same order
given again goes on behind it.
"""

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from detectors.discovery import objects
from detectors.discovery.finding import ScanResult, Secret, Skipped, TableFinding
from detectors.discovery.scan import Found
from detectors.discovery.scanning.crew import Crew, alone
from detectors.discovery.scanning.messages import Outcome, Task
from detectors.discovery.scanning.opening import Opened, Unit, path_of
from detectors.discovery.scanning.progress import Meter, Progress
from detectors.discovery.scanning.unchanged import Choice
from detectors.discovery.sources.base import Sampling
from detectors.recognizers.own import seeking
from policies.grading.policy import GradingPolicy
from soc.errors import UnavailableError
from soc.ledger.own_types import OwnDefinition
from soc.ledger.sources import shown_address
from soc.text import language, told

#: groups are committed this often, or when they have so many units
KEPT_EVERY, GROUP = 2.0, 64
#: fewer units than this are read by the parent itself
_FEW = 12
#: so long the parent reads a database before it starts workers, in seconds: each of them takes some three to be there
ALONE = 3.0
#: more cells than this are certain to be worth workers, so that the parent need not load what reading takes
LARGE = 2_000_000
#: how long a source may be away before the scan is broken off, in seconds
PATIENCE = 60.0


class Signal(StrEnum):
    """What whoever watches a scan wants of it."""

    GO = "go"
    PAUSE = "pause"
    CANCEL = "cancel"


class SourceAwayError(UnavailableError):
    """The source stopped answering in the middle; what was read is kept."""


class EndedEarly(Exception):  # noqa: N818 - no error: somebody wanted it so
    """The scan was paused or cancelled; ``signal`` says which."""

    def __init__(self, signal: Signal) -> None:
        """Say what was wanted."""
        super().__init__(signal.value)
        self.signal = signal


Watch = Callable[[Progress], Signal]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be scanned and how. ``workers`` None is as many as there are processors, four at most."""

    name: str
    address: str
    sampling: Sampling
    policy: GradingPolicy
    workers: int | None = None
    patience: float = PATIENCE
    #: the installation's key for sketches; none are made without it
    sketch_key: bytes | None = field(default=None, repr=False)
    #: the recognizers that the organisation has of its own
    own: tuple[OwnDefinition, ...] = ()

    @property
    def crew(self) -> int:
        """How many workers."""
        return self.workers if self.workers is not None else min(4, len(os.sched_getaffinity(0)))


class Keeper(Protocol):
    """What remembers a scan."""

    def choose(self, units: list[Unit]) -> tuple[Choice, list[Unit]]:
        """What is read and what is taken over; and which units an earlier run of this scan has read."""

    def keep(self, outcomes: list[Outcome], progress: Progress) -> None:
        """Keep a group of outcomes."""

    def found(self) -> Iterator[Found]:
        """Everything found so far, what was taken over included."""

    @property
    def spent_before(self) -> timedelta:
        """Time that earlier runs of this scan took."""


@dataclass(slots=True)
class Unkept:
    """Keeps everything in memory and nothing after: every unit is read."""

    _found: dict[str, list[Found]] = field(default_factory=dict)
    spent_before: timedelta = timedelta(0)

    def choose(self, units: list[Unit]) -> tuple[Choice, list[Unit]]:
        """Everything is read."""
        return Choice(tuple(units), ()), []

    def keep(self, outcomes: list[Outcome], progress: Progress) -> None:
        """Hold them."""
        self._found |= {outcome.unit.key: list(outcome.found) for outcome in outcomes}

    def found(self) -> Iterator[Found]:
        """Everything found, in the order of the keys."""
        for key in sorted(self._found):
            yield from self._found[key]


@dataclass(slots=True)
class Scan:
    """A scan under way."""

    order: Order
    keeper: Keeper
    watch: Watch
    left: list[Skipped] = field(default_factory=list)
    choice: Choice = field(default_factory=lambda: Choice((), ()))
    cpu: float = 0.0
    memory: int = 0
    #: whether this process may begin: of a database's tables none ends the process that reads it, as a file may
    _may_begin: bool = False

    def run(self) -> ScanResult:
        """Scan everything and return what was found.

        Raises:
            SocError: the source does not answer, or went away for longer than the order's patience.
            EndedEarly: whoever watches wanted it.
        """
        with seeking(self.order.own):
            return self._run()

    def _run(self) -> ScanResult:
        units = self._listed()
        self.choice, had = self.keeper.choose(units)
        taken = {unit.key for unit in had}
        waiting = [unit for unit in self.choice.read if unit.key not in taken]
        self._read(waiting, len(units), len(self.choice.carried) + len(had), had)
        return self._result()

    def _listed(self) -> list[Unit]:
        units: list[Unit] = []
        with Opened(self.order.address) as opened:
            self._may_begin = opened.is_database and self.order.workers is None
            for one in opened.units(self.order.sampling.select):
                if isinstance(one, Skipped):
                    self.left.append(one)
                else:
                    units.append(one)
        return units

    def _read(self, waiting: list[Unit], total: int, settled: int, had: list[Unit]) -> None:
        sample = None if self.order.sampling.full else self.order.sampling.rows
        efforts = {unit.key: unit.effort(sample) for unit in waiting}
        before = sum(unit.effort(sample) for unit in had)
        whole = before + sum(efforts.values())
        meter = Meter(
            total=total, effort=sum(efforts.values()), started=time.monotonic(), settled=settled,
            spent_before=self.keeper.spent_before, share_before=before / whole if whole else 0.0,
        )  # fmt: skip
        self._may_begin = self._may_begin and meter.effort <= LARGE
        self._heed(meter)
        # the largest first: the last to end is then a small one
        ordered = sorted(waiting, key=lambda unit: (-efforts[unit.key], unit.key))
        group: list[Outcome] = []
        kept_at = time.monotonic()
        try:
            with closing(self._outcomes(ordered)) as outcomes:
                for outcome in outcomes:
                    at = time.monotonic()
                    if outcome is not None:
                        group.append(outcome)
                        self._count(meter, outcome, efforts[outcome.unit.key], at)
                    if at - kept_at >= KEPT_EVERY or len(group) >= GROUP:
                        self.keeper.keep(group, meter.now(at))
                        group, kept_at = [], at
                        self._heed(meter)
        finally:
            if group:
                self.keeper.keep(group, meter.now(time.monotonic()))
        self.keeper.keep([], meter.now(time.monotonic()))

    def _count(self, meter: Meter, outcome: Outcome, effort: float, at: float) -> None:
        # of an object with a mark of state secrets even the name is not for whoever watches
        name = "" if any(isinstance(one, Secret) for one in outcome.found) else path_of(outcome.unit)
        meter.add(effort=effort, rows=outcome.rows, cells=outcome.cells, name=name, at=at)
        self.cpu += outcome.cpu
        self.memory = max(self.memory, outcome.memory)

    def _heed(self, meter: Meter) -> None:
        signal = self.watch(meter.now(time.monotonic()))
        if signal is not Signal.GO:
            raise EndedEarly(signal)

    def _outcomes(self, units: list[Unit]) -> Generator[Outcome | None]:
        """Each unit's outcome; those the source did not answer for are asked again until patience ends.

        Raises:
            SourceAwayError: it was away for longer than that.
        """
        order = self.order
        task = Task(order.address, order.sampling, order.policy, language(), order.sketch_key, own=order.own)
        absence = Absence(self.order.patience)
        total = len(units)
        remaining = {unit.key: unit for unit in units}
        while remaining:
            with closing(self._tried(task, list(remaining.values()), absence)) as tried:
                for outcome in tried:
                    if outcome is not None:
                        del remaining[outcome.unit.key]
                    yield outcome
            if remaining and absence.is_enough:
                raise SourceAwayError(
                    "errors.scan.source_away", name=self.order.name, done=total - len(remaining), total=total
                )
            if remaining:
                yield from absence.waited()

    def _tried(self, task: Task, units: list[Unit], absence: "Absence") -> Generator[Outcome | None]:
        """Read units until all are read or the source is away; what it did not answer for is not yielded."""
        if self.order.crew < 1 or (self.order.workers is None and len(units) < _FEW):
            yield from _answered(alone(task, units), absence, lambda: None)
            return
        left = list(units)
        if self._may_begin:
            yield from _answered(_begun(task, left), absence, lambda: None)
        if not left:
            return
        with Crew(task, self.order.crew) as crew:
            yield from _answered(crew.carry_out(left), absence, crew.drain)

    def _result(self) -> ScanResult:
        found = objects.told_apart(self.order.address, self.keeper.found())
        return ScanResult(
            self.order.name or shown_address(self.order.address),
            tuple(one for one in found if isinstance(one, TableFinding)),
            (*self.left, *(one for one in found if isinstance(one, Skipped))),
            tuple(one for one in found if isinstance(one, Secret)),
        )


def _begun(task: Task, units: list[Unit]) -> Iterator[Outcome | None]:
    """Read the smallest units, which are last, in this process until workers are worth their start; takes them from the list."""
    until = time.monotonic() + ALONE
    taken = iter(lambda: units.pop() if units and time.monotonic() < until else None, None)
    yield from alone(task, taken)


def _answered(
    outcomes: Iterator[Outcome | None], absence: "Absence", drain: Callable[[], None]
) -> Iterator[Outcome | None]:
    for outcome in outcomes:
        if outcome is None:
            yield None
        elif outcome.away is None:
            absence.ended()
            yield outcome
        elif absence.is_units_own(outcome):
            yield replace(outcome, found=[Skipped(path_of(outcome.unit), told(outcome.away))], away=None)
        else:
            absence.began(outcome)
            drain()


@dataclass(slots=True)
class Absence:
    """How long the source has not answered, and whether it is one table that ends its connections."""

    patience: float
    _since: float | None = None
    _pause: float = 0.5
    #: how often each unit met an absence, and how often the source came back
    _met: dict[str, int] = field(default_factory=dict)
    _back: int = 0

    def began(self, outcome: Outcome) -> None:
        """A unit was not answered for."""
        self._since = self._since or time.monotonic()
        self._met[outcome.unit.key] = self._met.get(outcome.unit.key, 0) + 1

    def ended(self) -> None:
        """The source answers."""
        if self._since is not None:
            self._since, self._pause, self._back = None, 0.5, self._back + 1

    def is_units_own(self, outcome: Outcome) -> bool:
        """Whether the source goes away each time this unit is read, and comes back for others."""
        return self._met.get(outcome.unit.key, 0) >= 2 and self._back >= 2

    @property
    def is_enough(self) -> bool:
        """Whether patience has ended."""
        return self._since is not None and time.monotonic() - self._since > self.patience

    def waited(self) -> Iterator[None]:
        """Wait a little longer each time, and let the watcher speak meanwhile."""
        until = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, 10.0)
        while time.monotonic() < until:
            time.sleep(0.1)
            yield None
