"""What a catalogue says of a table: found for all tables of a source at once, nothing of them read."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from detectors.discovery.sources.base import Kind, TableState
from detectors.discovery.sources.databases.trouble import Trouble


class Form(StrEnum):
    """How a column's values are fetched."""

    SHORT = "short"  # as they are: no value can be over the limit
    LONG = "long"  # cut by the server to one character more than the limit
    BYTES = "bytes"  # only their length


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """One column; ``readable`` is False where the account may not select it.

    ``expression`` is what fetches it, where an engine says so when it lists the column; ``mislabelled`` marks
    text whose bytes are often not in the encoding that is declared.
    """

    name: str
    type: str
    form: Form = Form.LONG
    comment: str = ""
    readable: bool = True
    expression: str = ""
    mislabelled: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A partition of a table; ``size`` is how many of the engine's units it has (pages, rows)."""

    schema: str | None
    name: str
    size: int = 0
    rows: int | None = None
    kind: Kind = Kind.TABLE
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One table, view or index of a source.

    ``rows`` is the engine's own estimate, ``size`` its units on disk (pages, where it has them), ``key`` the
    columns that its rows lie in order of. ``restricted`` says that a rule of the source hides rows from the
    account without an error; ``trouble`` why the engine cannot even list its columns.
    """

    name: str
    columns: tuple[FoundColumn, ...]
    schema: str | None = None
    kind: Kind = Kind.TABLE
    comment: str = ""
    rows: int | None = None
    bytes: int | None = None
    size: int = 0
    watermark: str = ""
    readable: bool = True
    restricted: bool = False
    trouble: Trouble | None = None
    key: tuple[str, ...] = ()
    parts: tuple[Part, ...] = field(default=())

    @property
    def shown(self) -> str:
        """The name people see."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def is_readable(self) -> bool:
        """Whether the account may read at least a part of it."""
        return (
            self.readable and self.trouble is None and (not self.columns or any(one.readable for one in self.columns))
        )

    @property
    def state(self) -> TableState:
        """What tells whether the table has changed since."""
        return TableState(self.digest, self.rows, self.watermark, self.bytes)

    @property
    def digest(self) -> str:
        """A digest of what the columns are called and are."""
        told = [self.kind.value, self.comment]
        told += [part for one in self.columns for part in (one.name, one.type, one.comment)]
        return hashlib.sha256("\x00".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]
