"""One edge of the lineage as statements tell it: names of tables and columns, not yet rows of the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

LONGEST_NAME = 400


class Origin(StrEnum):
    """What an edge was read from."""

    VIEW = "view"
    FOREIGN_KEY = "foreign_key"
    ETL_FILE = "etl_file"
    QUERY_LOG = "query_log"
    #: an interface that was registered with the items it returns
    INTERFACE = "interface"


class Transform(StrEnum):
    """What became of a value on its way; only the first two carry it on."""

    IDENTITY = "identity"
    DERIVED = "derived"
    HASHED = "hashed"
    AGGREGATE = "aggregate"

    @property
    def carries(self) -> bool:
        """Whether the value, or a part of it, can still be read behind it."""
        return self in {Transform.IDENTITY, Transform.DERIVED}


#: how far an edge is believed by what it was read from, and what a transform takes off
_BELIEF = {
    Origin.VIEW: 1.0, Origin.FOREIGN_KEY: 1.0, Origin.ETL_FILE: 0.9, Origin.QUERY_LOG: 0.8, Origin.INTERFACE: 1.0,
}  # fmt: skip
_DOUBT = {Transform.IDENTITY: 0.0, Transform.DERIVED: 0.1, Transform.HASHED: 0.1, Transform.AGGREGATE: 0.1}
#: taken off where the table of a column had to be guessed
GUESSED = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a statement names it; ``table`` is "schema.table", "table" or "file:name"."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A column and one that it is made of."""

    upstream: Column
    downstream: Column
    transform: Transform
    guessed: bool = False
    #: where it stands: a view's name, a file and its line, a statement's fingerprint
    detail: str = ""

    def confidence(self, origin: Origin) -> float:
        """How far it is believed, 0 to 1."""
        return round(_BELIEF[origin] - _DOUBT[self.transform] - (GUESSED if self.guessed else 0.0), 2)


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement that was not read: its line in the file, from 1, and why ({"key"} of the catalogue)."""

    line: int
    key: str
    detail: str = ""


def distinct(edges: Iterable[Edge], detail: str = "") -> list[Edge]:
    """Each edge once, by its most direct way; an edge of a column to itself is none."""
    order = list(Transform)
    best: dict[tuple[Column, Column], Edge] = {}
    for edge in edges:
        if edge.upstream == edge.downstream or max(map(len, _names(edge))) > LONGEST_NAME:
            continue
        found = best.get((edge.upstream, edge.downstream))
        if found is None or order.index(edge.transform) < order.index(found.transform):
            best[edge.upstream, edge.downstream] = edge
    return [replace(edge, detail=detail or edge.detail) for edge in best.values()]


def _names(edge: Edge) -> tuple[str, str, str, str]:
    return edge.upstream.table, edge.upstream.name, edge.downstream.table, edge.downstream.name
