"""Reading a file as a scan does, for the tests of formats."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Sampling, Table
from detectors.discovery.sources.files.handle import of_path
from detectors.discovery.sources.files.limits import Limits
from detectors.discovery.sources.files.opening import contents


@dataclass
class Seen:
    """What one table gave."""

    name: str
    columns: tuple[str, ...]
    values: list[tuple[str | None, ...]]
    rows: int
    notes: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str | None]:
        return [row[self.columns.index(name)] for row in self.values]


def seen(table: Table, sampling: Sampling | None = None) -> Seen:
    reading = table.read(sampling or Sampling())
    values = [row for frame in reading.batches for row in frame.rows()]
    return Seen(table.name, reading.columns, values, reading.rows, [*table.notes, *reading.notes])


def tables(path: Path, sampling: Sampling | None = None) -> list[Seen]:
    return [seen(one, sampling) for one in contents(of_path(path), Limits()) if isinstance(one, Table)]


def only(path: Path, sampling: Sampling | None = None) -> Seen:
    (found,) = tables(path, sampling)
    return found


def scanned(path: Path, **sampling: Any) -> dict[str, Any]:
    """The contract's document of a scan, as JSON would give it."""
    document = scan([str(path)], Orders(sampling=Sampling(**sampling))).as_dict()
    found: dict[str, Any] = json.loads(json.dumps(document))
    return found


def types(document: dict[str, Any]) -> dict[str, list[str | None]]:
    return {table["name"]: [column["type"] for column in table["columns"]] for table in document["tables"]}
