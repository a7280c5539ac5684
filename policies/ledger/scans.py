"""Pages of scans: those of a source, one of them, and any two side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from soc.errors import InputError
from soc.identity.actor import Actor
from soc.ledger.diff import Diff, Moved, diff_of
from soc.ledger.models import LedgerItem, LedgerTable, ScanRun, ScanSnapshot, Source
from soc.ledger.types import types
from soc.text import language, t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session
from soc.web.guard import requires
from soc.web.paging import TablePage, page_of_rows, with_args
from soc.web.tables import Choice, Column, Filter, TableSpec

bp = Blueprint("ledger_scans", __name__, url_prefix="/ledger", template_folder="templates")
KINDS = ("new", "gone", "changed", "level_up", "level_down", "volume")
_MOST_RUNS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: an item (or a table, for its volume), before and after."""

    kind: str
    table: str
    column: str
    before: str
    after: str
    level_before: str | None = None
    level_after: str | None = None


def _every(_value: str) -> Any:
    raise AssertionError("lines are filtered here, not in the database")


DIFF = TableSpec(
    "diff",
    (
        Column("kind", "ledger.diff.kind"),
        Column("table", "ledger.column.table"),
        Column("column", "ledger.column.column"),
        Column("before", "ledger.diff.before"),
        Column("after", "ledger.diff.after"),
    ),
    default_sort="table",
    filters=(Filter("kind", "ledger.diff.kind", lambda: [Choice(k, t(f"ledger.diff.{k}")) for k in KINDS], _every),),
    search=_every,
)


@bp.get("/scans/<uuid:run_id>")
@requires("ledger.read", item=ScanRun)
def scan(run_id: UUID) -> ResponseReturnValue:
    """Show one scan: what it saw, what it left out and why, and the scans it can be compared with."""
    session, actor = current_session(), current_actor()
    run = find_within(session, actor, ScanRun, run_id)
    runs = comparable(session, actor, run.source_id)
    earlier = next((one for one in runs if one.finished_at < run.finished_at), None)
    given = {
        "run": run,
        "runs": runs,
        "earlier": earlier,
        "source": session.get(Source, run.source_id),
        "may": actor.may,
    }
    return render_template("ledger/scan.html", **given)


@bp.get("/scans/<uuid:before_id>/diff/<uuid:after_id>")
@requires("ledger.read", item=ScanRun)
def diff(before_id: UUID, after_id: UUID) -> ResponseReturnValue:
    """Show two scans of a source side by side."""
    session, actor = current_session(), current_actor()
    before, after = (find_within(session, actor, ScanRun, one) for one in (before_id, after_id))
    found = diff_of(session, before, after)
    page = _page(list(lines_of(found)))
    given = {
        "may": actor.may,
        "page": page,
        "found": found,
        "counts": found.counts() | {"volume": len(found.volumes)},
        "kinds": KINDS,
        "before": before,
        "after": after,
        "source": session.get(Source, after.source_id),
        "runs": comparable(session, actor, after.source_id),
        "items": _items(session, after.source_id, page.rows),
        "back": url_for(".diff", before_id=after_id, after_id=before_id),
        "of_kind": lambda kind: with_args(request.args, kind=kind, page=None),
    }
    return render_template("ledger/diff.html", **given)


@bp.get("/scans/compare")
@requires("ledger.read")
def compare() -> ResponseReturnValue:
    """Lead from a form with two scans to their comparison."""
    try:
        before, after = UUID(request.args.get("before", "")), UUID(request.args.get("after", ""))
    except ValueError:
        raise InputError("errors.ledger.two_scans") from None
    return redirect(url_for(".diff", before_id=before, after_id=after))


def comparable(session: Session, actor: Actor, source_id: UUID) -> Sequence[ScanRun]:
    """The newest scans of a source that left a snapshot, newest first."""
    query: Select[ScanRun] = within(actor, ScanRun).join(ScanSnapshot, ScanSnapshot.run_id == ScanRun.id)
    query = query.where(ScanRun.source_id == source_id).order_by(ScanRun.finished_at.desc(), ScanRun.id.desc())
    return session.scalars(query.limit(_MOST_RUNS)).all()


def lines_of(found: Diff) -> Iterator[Line]:
    """Every difference as a line; an item whose type and level changed has one of each kind."""
    for kind, rows in (("new", found.new), ("gone", found.gone)):
        for row in rows:
            told = _typed(row)
            sides = ("", told) if kind == "new" else (told, "")
            levels = (None, row["level"]) if kind == "new" else (row["level"], None)
            yield Line(kind, row["table"], row["column"], *sides, *levels)
    for kind, moves in (("changed", found.changed), ("level_up", found.level_up), ("level_down", found.level_down)):
        yield from (_moved(kind, one) for one in moves)
    for one in found.volumes:
        yield Line("volume", one.table, "", f"{one.before:,}", f"{one.after:,}")


def _moved(kind: str, one: Moved) -> Line:
    texts = (_typed(one.before), _typed(one.after))
    if texts[0] == texts[1] and kind == "changed":
        texts = (_besides(one.before), _besides(one.after))
    return Line(kind, one.table, one.column, *texts, one.before["level"], one.after["level"])


def _typed(row: dict[str, Any]) -> str:
    kind = types().get(row["type"] or "")
    return kind.title(language()) if kind else row["type"] or t("ledger.not_sensitive")


def _besides(row: dict[str, Any]) -> str:
    """What is different where the type is the same: category or masking."""
    masked = t("ledger.masked") if row["masked"] else t("ledger.in_clear")
    return f"{_typed(row)} · {row['category'] or '–'} · {masked}"


def _page(lines: list[Line]) -> TablePage:
    wanted = [kind for kind in request.args.getlist("kind") if kind]
    if unknown := [kind for kind in wanted if kind not in KINDS]:
        raise InputError("errors.filter", name="kind", value=unknown[0][:80])
    q = request.args.get("q", "").strip().lower()
    kept = [
        line
        for line in lines
        if (not wanted or line.kind in wanted) and q in f"{line.table} {line.column} {line.before} {line.after}".lower()
    ]
    kept.sort(key=lambda line: (line.table, line.column, line.kind))
    empty = page_of_rows([], len(kept), DIFF, request.args)
    start = (empty.page - 1) * empty.size
    return page_of_rows(kept[start : start + empty.size], len(kept), DIFF, request.args)


def _items(session: Session, source_id: UUID, lines: Sequence[Line]) -> dict[tuple[str, str], str]:
    """The items that lines speak of, where the ledger still has them and the reader may see them."""
    keys = [(line.table, line.column) for line in lines if line.column]
    query = within(current_actor(), LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.where(LedgerItem.source_id == source_id, tuple_(LedgerTable.name, LedgerItem.name).in_(keys))
    if not keys:
        return {}
    rows = session.execute(query.with_only_columns(LedgerTable.name, LedgerItem.name, LedgerItem.id))
    return {(table, column): str(item) for table, column, item in rows}
