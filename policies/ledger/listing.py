"""The ledger's dense table: its columns, filters and search, for the page and for what acts on its whole result."""

from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from policies.grading.taxonomy import taxonomy
from policies.ledger.service import LEVEL_ORDER
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from soc.ledger.opinions import LedgerProposal, ProposalKind, ProposalStatus
from soc.ledger.stewardship import Domain, Sharing
from soc.ledger.types import category_title, groups, types
from soc.ledger.waiting import has_proposal
from soc.text import language, t
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.scope import visible, within
from soc.web.context import current_session, viewer
from soc.web.tables import Choice, Column, Filter, TableSpec

#: the value of a facet for items of which nothing was said
UNSET = "unset"
GENERAL = (Level.G1, Level.G2, Level.G3, Level.G4)


def _kind(value: str) -> ColumnElement[bool]:
    return LedgerItem.type.is_not(None) if value == "sensitive" else LedgerItem.type.is_(None)


def matching(text: str) -> ColumnElement[bool]:
    """Names of columns, tables and sources, and the titles of types; tables and sources are looked up once."""
    wanted = text.lower()
    kinds = [one.id for one in types().values() if wanted in f"{one.zh} {one.en} {one.id}".lower()]
    return or_(
        LedgerItem.name.icontains(text, autoescape=True),
        LedgerItem.table_id.in_(select(LedgerTable.id).where(LedgerTable.name.icontains(text, autoescape=True))),
        LedgerItem.source_id.in_(select(Source.id).where(Source.name.icontains(text, autoescape=True))),
        LedgerItem.type.in_(kinds),
    )


def _types() -> list[Choice]:
    return [Choice(one.id, one.title(language())) for one in types().values()]


def _categories() -> list[Choice]:
    """The taxonomy's, and the classes of types for sensitive items of a table that has no category."""
    known = [Choice(one.code, one.label(language())) for one in taxonomy()]
    classes = [Choice(one, category_title(one, language())) for one in groups()]
    return [*known, *classes, Choice(UNSET, t("ledger.facet.unset"))]


def _members(name: str, kind: type[StrEnum]) -> list[Choice]:
    return [
        *(Choice(one.value, t(f"ledger.{name}.{one.value}")) for one in kind),
        Choice(UNSET, t("ledger.facet.unset")),
    ]


def _sources() -> list[Choice]:
    rows = current_session().execute(within(viewer(), Source).with_only_columns(Source.id, Source.name))
    return [Choice(str(key), name) for key, name in rows]


def _organisations() -> list[Choice]:
    """What lies in scope: a code from outside is none of the choices."""
    query = select(Organisation).where(visible(viewer(), Organisation.code)).order_by(Organisation.path)
    return [Choice(one.code, shown_name(one)) for one in current_session().scalars(query)]


def _is(column: InstrumentedAttribute[Any], value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value == UNSET else column == value


def _domain(value: str) -> ColumnElement[bool]:
    return _is(LedgerItem.domain, value if value == UNSET else Domain(value))


def _in_tables(of: ColumnElement[bool]) -> ColumnElement[bool]:
    return LedgerItem.table_id.in_(select(LedgerTable.id).where(of, LedgerTable.gone_at.is_(None)))


def _table_domain(value: str) -> ColumnElement[bool]:
    return _in_tables(_is(LedgerTable.domain, value if value == UNSET else Domain(value)))


def _sharing(value: str) -> ColumnElement[bool]:
    return _is(LedgerItem.sharing, value if value == UNSET else Sharing(value))


def _below(code: str) -> ColumnElement[bool]:
    """Items of an organisation and of those below it."""
    top = aliased(Organisation)
    path = select(top.path).where(top.code == code).scalar_subquery()
    return LedgerItem.org.in_(select(Organisation.code).where(Organisation.path.startswith(path)))


def _of_table(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Something of an item's table, asked for each item: a list that goes by none of it reads no table."""
    return select(column).where(LedgerTable.id == LedgerItem.table_id).correlate(LedgerItem).scalar_subquery()


TABLE_NAME = _of_table(LedgerTable.name)
_SOURCE_NAME = select(Source.name).where(Source.id == LedgerItem.source_id).correlate(LedgerItem).scalar_subquery()

TABLE = TableSpec(
    "ledger",
    (
        Column("column", "ledger.column.column", LedgerItem.name),
        Column("table", "ledger.column.table", TABLE_NAME),
        Column("source", "ledger.column.source", _SOURCE_NAME),
        Column("type", "ledger.column.type", LedgerItem.type),
        Column("level", "word.level", LEVEL_ORDER),
        Column("confidence", "ledger.column.confidence", LedgerItem.confidence, numeric=True),
        Column("rows", "ledger.column.rows", _of_table(LedgerTable.rows), numeric=True),
        Column("status", "word.status", LedgerItem.status),
    ),
    default_sort="-level",
    filters=(
        Filter(
            "level",
            "word.level",
            lambda: [Choice(one.value, t(f"level.{one.value}")) for one in GENERAL],
            lambda value: LedgerItem.level == Level(value),
        ),
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"ledger.status.{one.value}")) for one in ItemStatus],
            lambda value: LedgerItem.status == ItemStatus(value),
        ),
        Filter(
            "kind",
            "ledger.facet.kind",
            lambda: [Choice("sensitive", t("ledger.sensitive")), Choice("other", t("ledger.not_sensitive"))],
            _kind,
        ),
        Filter("type", "ledger.column.type", _types, lambda value: LedgerItem.type == value),
        Filter("category", "ledger.category", _categories, lambda value: _is(LedgerItem.category, value)),
        Filter("domain", "ledger.field.domain", lambda: _members("domain", Domain), _domain),
        Filter("source", "ledger.column.source", _sources, lambda value: LedgerItem.source_id == UUID(value)),
        Filter("sharing", "ledger.field.sharing", lambda: _members("sharing", Sharing), _sharing),
        Filter("org", "word.organisation", _organisations, _below),
        # a table is graded apart from its items: by what they are together, and by how many persons it speaks of
        Filter(
            "table_level",
            "ledger.facet.table_level",
            lambda: [Choice(one.value, t(f"level_name.{one.value}")) for one in Level],
            lambda value: _in_tables(LedgerTable.level == Level(value)),
        ),
        Filter("table_domain", "ledger.facet.table_domain", lambda: _members("domain", Domain), _table_domain),
    ),
    search=matching,
)
#: filters that the explorer counts; the organisations are its tree
FACETS = ("level", "kind", "type", "category", "domain", "source", "status", "sharing")


def _opinion(value: str) -> ColumnElement[bool]:
    """What waits: a finding of the scan alone, or a proposal of one kind."""
    if value == "finding":
        return ~has_proposal()
    open_one = LedgerProposal.status == ProposalStatus.OPEN
    return exists().where(LedgerProposal.item_id == LedgerItem.id, open_one, LedgerProposal.kind == ProposalKind(value))


OPINIONS = ("finding", *(one.value for one in ProposalKind))
QUEUE = replace(
    TABLE,
    id="queue",
    default_sort="confidence",
    page_size=30,
    filters=(
        TABLE.filters[0],
        Filter(
            "tier",
            "ledger.column.confidence",
            lambda: [Choice(one, t(f"ledger.tier.{one}")) for one in ("high", "medium", "low")],
            lambda value: LedgerItem.tier == value,
        ),
        Filter(
            "opinion", "ledger.queue.opinion", lambda: [Choice(o, t(f"ledger.opinion.{o}")) for o in OPINIONS], _opinion
        ),
    ),
)
