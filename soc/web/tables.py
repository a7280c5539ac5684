"""What a dense table may do, declared once beside its route: columns, filters, search, order.

Sort, filters, search and page stand in the URL, so that a view is a link:
``?q=…&sort=-opened&status=open&status=new&page=2``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

Order = ColumnElement[Any] | InstrumentedAttribute[Any]
#: names of arguments that every table has
RESERVED = frozenset({"q", "sort", "page", "open", "lang", "theme", "range", "since", "until"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``label`` is a message id ("" for the column of acts), ``order`` what a click sorts by."""

    name: str
    label: str
    order: Order | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter and its words, already in the reader's language."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A group of chips: several of one group are alternatives, groups narrow one another."""

    name: str
    #: message id
    label: str
    #: called for each request, so that the words are in its language
    choices: Callable[[], Sequence[Choice]]
    clause: Callable[[str], ColumnElement[bool]]

    def __post_init__(self) -> None:
        """Keep to names that no table uses for itself."""
        if self.name in RESERVED:
            raise ValueError(f"a filter may not be called {self.name}")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: ``default_sort`` is a column's name, with "-" before it for downwards."""

    id: str
    columns: tuple[Column, ...]
    default_sort: str
    filters: tuple[Filter, ...] = ()
    search: Callable[[str], ColumnElement[bool]] | None = None
    page_size: int = 50

    def column(self, name: str) -> Column | None:
        """Return the column that may be sorted by ``name``."""
        return next((one for one in self.columns if one.name == name and one.order is not None), None)

    def asked_once(self) -> "TableSpec":
        """Return it for one request, in which each filter's choices are asked for once, however often they are used."""
        filters = (replace(one, choices=cache(one.choices)) for one in self.filters)
        return replace(self, filters=tuple(filters))
