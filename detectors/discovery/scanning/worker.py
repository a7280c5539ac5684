"""A process that reads units: ``python -m detectors.discovery.scanning.worker FD``; it ends with its parent.

It is a program of its own rather than a fork or a spawned copy of the parent: threads, locks and open stores of
the parent stay there, and whatever the parent's main module is, it is not run again.
"""

import os
import sys
import time
from multiprocessing.connection import Connection

from detectors.discovery.finding import TableFinding
from detectors.discovery.scan import Found, Orders, is_away
from detectors.discovery.scanning.messages import Outcome, Ready, Task
from detectors.discovery.scanning.opening import Opened, Unit
from detectors.recognizers.own import seeking
from soc.errors import SocError
from soc.machine import peak_memory
from soc.text import speaking


def work(connection: Connection) -> None:
    """Take a task, then units until the parent closes the connection."""
    task: Task = connection.recv()
    opened = Opened(task.address)
    orders = Orders(sampling=task.sampling, policy=task.policy, persistent=True, sketch_key=task.sketch_key)
    connection.send(Ready())
    with speaking(task.language), seeking(task.own):
        while True:
            try:
                unit: Unit = connection.recv()
            except EOFError:
                return
            connection.send(passed_over(opened, unit, orders) if task.bare else read(opened, unit, orders))


def passed_over(opened: Opened, unit: Unit, orders: Orders) -> Outcome:
    """Read every value of a table and look at none."""
    rows, cells = opened.pass_over(unit, orders.sampling)
    return Outcome(unit, rows=rows, cells=cells)


def read(opened: Opened, unit: Unit, orders: Orders) -> Outcome:
    """Read one unit and say what it cost."""
    started, cpu = time.perf_counter(), time.process_time()
    found: list[Found] = []
    away: SocError | None = None
    try:
        found = opened.scan(unit, orders)
    except SocError as error:
        if not is_away(error):
            raise
        away = error
    rows, cells = _amount(found)
    return Outcome(
        unit=unit,
        found=found,
        rows=rows,
        cells=cells,
        seconds=time.perf_counter() - started,
        cpu=time.process_time() - cpu,
        memory=peak_memory(),
        away=away,
    )


def _amount(found: list[Found]) -> tuple[int, int]:
    """Rows and cells that were read."""
    tables = [one for one in found if isinstance(one, TableFinding)]
    read_of = [(int(one.coverage.get("rows_read", one.rows)), len(one.columns)) for one in tables]
    return sum(rows for rows, _ in read_of), sum(rows * columns for rows, columns in read_of)


def main() -> None:
    """Run on the connection whose file descriptor is the argument."""
    from soc.orphans import die_with_parent

    die_with_parent()
    connection = Connection(int(sys.argv[1]))
    sys.stdout = sys.stderr  # nothing but messages leaves this process
    try:
        work(connection)
    except (BrokenPipeError, ConnectionError, KeyboardInterrupt):
        os._exit(1)  # the parent is gone, or ends us


if __name__ == "__main__":
    main()
