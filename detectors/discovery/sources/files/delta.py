"""Delta tables: a folder whose log says which of its Parquet files are the table now.

The log is replayed here rather than by a library, so that a table in a bucket is read by the same
guarded connection as its neighbours. Rows that a deletion vector hides are still in the files, and
are read: what is deleted but kept is found too.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from detectors.discovery.sources.base import Reading, Sampling, Table, UnreadableError
from detectors.discovery.sources.files import columnar
from detectors.discovery.sources.files.handle import Handle, parsing
from soc.text import t

LOG = "_delta_log"
_COMMIT = re.compile(r"^(\d{20})\.json$")
_CHECKPOINT = re.compile(r"^(\d{20})\.checkpoint(?:\.\d+\.\d+)?\.parquet$")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a log: how its path is shown, the names in its log, and how a file below it is opened."""

    path: str
    logged: tuple[str, ...]
    file: Callable[[str], Handle]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rsplit("/", 1)[-1]


def table_of(folder: Folder) -> Table:
    """The one table of the folder, named after it."""
    return Table(name=folder.name, read=lambda sampling: read(folder, sampling), path=folder.path)


def read(folder: Folder, sampling: Sampling) -> Reading:
    """Read the table as it is now.

    Raises:
        UnreadableError: its log or its files are damaged, or none is left.
    """
    files, deleted = _present(folder)
    if not files:
        raise UnreadableError("errors.discovery.empty_file", path=folder.name)
    parts = [columnar.parquet(folder.file(name)) for name in files]
    rows = sum(part[1] for part in parts)

    def batches(chosen: list[int] | None) -> Iterator[Any]:
        for place, (_, _, _, inner) in enumerate(parts):
            if chosen is None or place in chosen:
                yield from (_matched(batch, parts[-1][0]) for batch in inner(None))

    reading = columnar.reading_of(folder.file(files[0]), parts[-1][0], rows, len(parts), batches, sampling)
    if deleted:
        reading.notes.append(t("discovery.note.deletion_vectors", count=deleted))
    return reading


def _matched(batch: Any, schema: Any) -> Any:
    """A batch with the columns of the newest file, in their order; one it lacks is empty."""
    import pyarrow as pa

    columns = [
        batch.column(name).cast(kind, safe=False) if name in batch.schema.names else pa.nulls(batch.num_rows, kind)
        for name, kind in zip(schema.names, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(list(zip(schema.names, schema.types, strict=True))))


def _present(folder: Folder) -> tuple[list[str], int]:
    """The files that make the table now, in the order in which they came, and how many rows are marked deleted."""
    files: dict[str, int] = {}
    for action in _actions(folder):
        added, removed = action.get("add"), action.get("remove")
        if added and added.get("path"):
            vector = added.get("deletionVector") or {}
            files[unquote(str(added["path"]))] = int(vector.get("cardinality") or 0)
        if removed and removed.get("path"):
            files.pop(unquote(str(removed["path"])), None)
    return list(files), sum(files.values())


def _actions(folder: Folder) -> Iterator[dict[str, Any]]:
    """Every action since the last checkpoint, that one's first."""
    checkpoints = [match.group(1) for name in folder.logged if (match := _CHECKPOINT.match(name))]
    start = max(checkpoints, default="")
    for name in sorted(folder.logged):
        match = _CHECKPOINT.match(name)
        if match and match.group(1) == start:
            yield from _checkpoint(folder.file(f"{LOG}/{name}"))
    for name in sorted(folder.logged):
        match = _COMMIT.match(name)
        if match and match.group(1) > start:
            yield from _commit(folder.file(f"{LOG}/{name}"))


def _checkpoint(file: Handle) -> Iterator[dict[str, Any]]:
    _, _, _, batches = columnar.parquet(file)
    for batch in batches(None):
        yield from batch.to_pylist()


def _commit(file: Handle) -> Iterator[dict[str, Any]]:
    with parsing(file), file.open() as opened:
        for line in opened:
            action = json.loads(line) if line.strip() else {}
            if isinstance(action, dict):
                yield action


def is_log(names: Iterable[str]) -> bool:
    """Whether the names in a folder are those of a log."""
    return any(_COMMIT.match(name) or _CHECKPOINT.match(name) for name in names)
