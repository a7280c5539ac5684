"""One page of a table, and the links that lead to the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, func, inspect, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from soc.errors import InputError
from soc.text import t
from soc.web.context import current_session
from soc.web.tables import TableSpec

_LONGEST_SEARCH = 200
_LAST_PAGE = 100_000
Args = MultiDict[str, str]
#: a select of one entity or of several columns
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """A column's head: where a click leads, and how it is sorted now."""

    name: str
    label: str
    numeric: bool
    url: str | None
    sorted: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter: on or off, and the link that turns it."""

    label: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """The chips of one filter."""

    label: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class TablePage:
    """What the macro ``table`` draws."""

    id: str
    rows: Sequence[Any]
    total: int
    page: int
    size: int
    columns: tuple[ColumnHead, ...]
    filter_groups: tuple[ChipGroup, ...]
    q: str
    searchable: bool
    filtered: bool
    #: the query string without the page: what a bulk act on the whole result repeats
    query: str
    args: Args

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return (self.page - 1) * self.size + len(self.rows)

    @property
    def previous_url(self) -> str | None:
        """Link to the page before."""
        return with_args(self.args, page=str(self.page - 1)) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        """Link to the page after."""
        return with_args(self.args, page=str(self.page + 1)) if self.last < self.total else None

    @property
    def clear_url(self) -> str:
        """Link to the table without filters and search."""
        return "?" + urlencode([(k, v) for k, v in self.args.items(multi=True) if k == "sort"])

    def kept(self, *without: str) -> Iterator[tuple[str, str]]:
        """Return the arguments a form beside the table must repeat."""
        return ((k, v) for k, v in self.args.items(multi=True) if k not in {*without, "page", "open"})


def page_of(
    query: AnySelect, spec: TableSpec, args: Args, session: Session | None = None, *, total: int | None = None
) -> TablePage:
    """Filter, sort and cut ``query`` by what the URL says; ``total`` where it was counted already.

    Raises:
        InputError: the URL names a column, value or page there is not.
    """
    session = session or current_session()
    narrowed = narrow(query, spec, args)
    if total is None:
        total = session.scalar(select(func.count()).select_from(_keys(narrowed.order_by(None)).subquery())) or 0
    page = _page_number(args)
    cut = _ordered(narrowed, spec, args).limit(spec.page_size).offset((page - 1) * spec.page_size)
    return page_of_rows(_rows(session, query, cut), total, spec, args)


def _keys(query: AnySelect) -> AnySelect:
    """Return a query of one model's rows as one of their keys alone: to count or to order them, none is read whole."""
    told = query.column_descriptions
    whole = len(told) == 1 and told[0]["expr"] is told[0].get("entity")
    return query.with_only_columns(*_tie_break(query)) if whole else query


def _rows(session: Session, query: AnySelect, cut: AnySelect) -> Sequence[Any]:
    """Return one page; of a model's rows the keys are ordered and cut first, and only the page's rows are read."""
    keys, key = _keys(cut), _tie_break(query)
    if keys is cut or len(key) != 1:
        return session.scalars(cut).all() if len(query.column_descriptions) == 1 else session.execute(cut).all()
    picked = session.scalars(keys).all()
    found = {inspect(row).identity[0]: row for row in session.scalars(query.where(key[0].in_(picked)))}
    return [found[one] for one in picked if one in found]


def page_of_rows(rows: Sequence[Any], total: int, spec: TableSpec, args: Args) -> TablePage:
    """Return the page of rows that were filtered and cut elsewhere (the log store's, for one)."""
    q = args.get("q", "").strip()
    filtered = bool(q and spec.search) or any(args.getlist(one.name) for one in spec.filters)
    return TablePage(
        id=spec.id,
        rows=rows,
        total=total,
        page=_page_number(args),
        size=spec.page_size,
        columns=tuple(_heads(spec, args)),
        filter_groups=tuple(_groups(spec, args)),
        q=q,
        searchable=spec.search is not None,
        filtered=filtered,
        query=urlencode([(k, v) for k, v in args.items(multi=True) if k not in {"page", "open"}]),
        args=args,
    )


def narrow(query: AnySelect, spec: TableSpec, args: Args) -> AnySelect:
    """Apply the URL's filters and search: also what a bulk act on the whole result uses."""
    for one in spec.filters:
        wanted = [value for value in args.getlist(one.name) if value]
        known = {choice.value for choice in one.choices()} if wanted else set()
        if unknown := sorted(set(wanted) - known):
            raise InputError("errors.filter", name=one.name, value=unknown[0][:80])
        if wanted:
            query = query.where(or_(*(one.clause(value) for value in wanted)))
    q = args.get("q", "").strip()
    if len(q) > _LONGEST_SEARCH:
        raise InputError("errors.search_long", longest=_LONGEST_SEARCH)
    return query.where(spec.search(q)) if q and spec.search else query


def with_args(args: Args, **changed: str | None) -> str:
    """Return the query string with some arguments replaced, or removed where None."""
    kept = [(k, v) for k, v in args.items(multi=True) if k not in changed]
    return "?" + urlencode(kept + [(k, v) for k, v in changed.items() if v is not None])


def _ordered(query: AnySelect, spec: TableSpec, args: Args) -> AnySelect:
    wanted = args.get("sort") or spec.default_sort
    column = spec.column(wanted.lstrip("-"))
    if column is None or column.order is None:
        raise InputError("errors.sort", name=wanted[:80])
    order = column.order.desc() if wanted.startswith("-") else column.order.asc()
    return query.order_by(None).order_by(order.nulls_last(), *_tie_break(query))


def _tie_break(query: AnySelect) -> Sequence[Any]:
    """Return the first entity's key: equal rows keep their place from page to page."""
    entity = query.column_descriptions[0].get("entity")
    return [] if entity is None else list(inspect(entity).primary_key)


def _page_number(args: Args) -> int:
    text = args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _LAST_PAGE:
        raise InputError("errors.page_number", page=text[:20])
    return int(text)


def _heads(spec: TableSpec, args: Args) -> Iterator[ColumnHead]:
    now = args.get("sort") or spec.default_sort
    for one in spec.columns:
        up, down = now == one.name, now == f"-{one.name}"
        target = f"-{one.name}" if up or (one.numeric and not down) else one.name
        url = with_args(args, sort=target, page=None) if one.order is not None else None
        state = "ascending" if up else "descending" if down else None
        yield ColumnHead(one.name, t(one.label) if one.label else "", one.numeric, url, state)


def _groups(spec: TableSpec, args: Args) -> Iterator[ChipGroup]:
    for one in spec.filters:
        on = args.getlist(one.name)
        chips = (
            Chip(choice.label, turned(args, one.name, choice.value), choice.value in on) for choice in one.choices()
        )
        yield ChipGroup(t(one.label), tuple(chips))


def turned(args: Args, name: str, value: str) -> str:
    """Return the link that turns one choice on or off and leaves the others."""
    pairs = [(k, v) for k, v in args.items(multi=True) if k not in {"page", "open"}]
    turned = [p for p in pairs if p != (name, value)] if (name, value) in pairs else [*pairs, (name, value)]
    return "?" + urlencode(turned)
