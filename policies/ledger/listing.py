"""The ledger's dense table: its columns, filters and search, for the page and for what acts on its whole result."""

from dataclasses import replace

from sqlalchemy import ColumnElement, exists, or_

from policies.ledger.service import LEVEL_ORDER
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from soc.ledger.opinions import LedgerProposal, ProposalKind, ProposalStatus
from soc.ledger.types import types
from soc.ledger.waiting import has_proposal
from soc.text import t
from soc.web.tables import Choice, Column, Filter, TableSpec

GENERAL = (Level.G1, Level.G2, Level.G3, Level.G4)


def _kind(value: str) -> ColumnElement[bool]:
    return LedgerItem.type.is_not(None) if value == "sensitive" else LedgerItem.type.is_(None)


def matching(text: str) -> ColumnElement[bool]:
    """Names of columns, tables and sources, and the titles of types."""
    wanted = text.lower()
    kinds = [one.id for one in types().values() if wanted in f"{one.zh} {one.en} {one.id}".lower()]
    named = [column.icontains(text, autoescape=True) for column in (LedgerItem.name, LedgerTable.name, Source.name)]
    return or_(*named, LedgerItem.type.in_(kinds))


TABLE = TableSpec(
    "ledger",
    (
        Column("column", "ledger.column.column", LedgerItem.name),
        Column("table", "ledger.column.table", LedgerTable.name),
        Column("source", "ledger.column.source", Source.name),
        Column("type", "ledger.column.type", LedgerItem.type),
        Column("level", "word.level", LEVEL_ORDER),
        Column("confidence", "ledger.column.confidence", LedgerItem.confidence, numeric=True),
        Column("rows", "ledger.column.rows", LedgerTable.rows, numeric=True),
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
            "ledger.column.type",
            lambda: [Choice("sensitive", t("ledger.sensitive")), Choice("other", t("ledger.not_sensitive"))],
            _kind,
        ),
    ),
    search=matching,
)


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
