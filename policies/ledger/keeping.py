"""Pages that say who stands behind data: of one item, table, schema or source, and of a whole filtered list."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict

from policies.ledger.listing import TABLE
from policies.ledger.scans import comparable
from policies.ledger.service import items_within
from policies.ledger.words import shown
from policies.reviews.service import seen_review
from soc.clock import now
from soc.errors import InputError
from soc.ledger.beyond import beyond_of
from soc.ledger.changes import Kept, history_of_place
from soc.ledger.keeping import ITEM_FIELDS, TABLE_FIELDS, Edit, edit, edit_many, preview
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem, LedgerSchema, LedgerTable, Source, TableKind
from soc.ledger.stewardship import FIELDS, LONGEST, own_fields
from soc.text import t
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.scope import find_within, in_scope, visible
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import narrow
from soc.web.toasts import toast

bp = Blueprint("ledger_keeping", __name__, url_prefix="/ledger", template_folder="templates")
_TEXT = {"longest": LONGEST}
_LONG = {"longest": 500}


LEVEL_CODES = {rank: level for level, rank in RANKS.items()}


@dataclass(frozen=True, slots=True)
class KeepingForm:
    """The handed-down fields of one row; an empty one takes the value from above."""

    owner: str = field(default="", metadata={"longest": 40})
    operator: str = field(default="", metadata=_TEXT)
    system: str = field(default="", metadata=_TEXT)
    domain: str = field(default="", metadata=_TEXT)
    layer: str = field(default="", metadata=_TEXT)
    store: str = field(default="", metadata=_TEXT)
    standard: str = field(default="", metadata=_TEXT)
    steward: str = field(default="", metadata=_TEXT)
    lifecycle: str = field(default="", metadata=_TEXT)
    sharing: str = field(default="", metadata=_TEXT)
    sharing_reason: str = field(default="", metadata=_TEXT)
    share_way: str = field(default="", metadata=_TEXT)
    opening: str = field(default="", metadata=_TEXT)
    rhythm: str = field(default="", metadata=_TEXT)
    next_review: date | None = None
    title: str = field(default="", metadata=_TEXT)
    code: str = field(default="", metadata=_TEXT)
    summary: str = field(default="", metadata={"longest": 2_000})
    why: str = field(default="", metadata=_LONG)

    def edit_of(self, row: Kept) -> Edit:
        """The fields that the form changes: what stays as it is, or stays unsaid, is left out."""
        own, values = own_fields(row), {}
        for name in FIELDS:
            given = getattr(self, name)
            if given or name in own:
                values[name] = given or None
        for name in _own_of(row):
            given = getattr(self, name)
            if name != "next_review" and (given or getattr(row, name)):
                values[name] = given or None
        if isinstance(row, LedgerItem) and self.next_review is not None:
            values["next_review"] = _midnight(self.next_review)
        return Edit(values, self.why)


def _own_of(row: Kept) -> tuple[str, ...]:
    """The fields that a row has beside those that are handed down."""
    if isinstance(row, LedgerItem):
        return ITEM_FIELDS
    return TABLE_FIELDS if isinstance(row, LedgerTable) else ()


@dataclass(frozen=True, slots=True)
class BulkForm(KeepingForm):
    """Fields of many items: an empty one stays as it is, one in ``clear`` takes the value from above again."""

    clear: tuple[str, ...] = ()
    pick: tuple[UUID, ...] = ()
    whole: bool = False
    query: str = field(default="", metadata={"longest": 4000})
    act: str = field(default="", metadata={"longest": 40})
    #: how many the preview said would change
    expected: int = -1

    def edit(self) -> Edit | None:
        """What the form changes; None where it says nothing yet."""
        values: dict[str, Any] = {name: getattr(self, name) for name in FIELDS if getattr(self, name)}
        if self.next_review is not None:
            values["next_review"] = _midnight(self.next_review)
        values |= dict.fromkeys(set(self.clear) - set(values))
        return Edit(values, self.why) if values else None

    def said(self) -> list[tuple[str, str]]:
        """The form again, as hidden fields repeat it."""
        texts = [(name, getattr(self, name)) for name in (*FIELDS, "why", "query") if getattr(self, name)]
        texts += [("pick", str(one)) for one in self.pick] + [("clear", one) for one in self.clear]
        texts += [("next_review", self.next_review.isoformat())] if self.next_review else []
        return texts + ([("whole", "1")] if self.whole else [])


def choices() -> dict[str, list[tuple[str, str]]]:
    """The values of the fields that have a list, in the reader's language."""
    found = {
        name: [(one.value, t(f"ledger.{name}.{one.value}")) for one in kind] for name, kind in FIELDS.items() if kind
    }
    return found | {"owner": organisations()}


def organisations() -> list[tuple[str, str]]:
    """The organisations that the actor may name as owners."""
    query = select(Organisation).where(visible(current_actor(), Organisation.code)).order_by(Organisation.path)
    return [(one.code, shown_name(one)) for one in current_session().scalars(query)]


def values_of(row: Kept) -> list[tuple[str, str, bool]]:
    """Every handed-down field of a row: its name, its value in words, whether it was said of the row itself."""
    own = own_fields(row)
    return [(name, shown(name, getattr(row, name)), name in own) for name in FIELDS]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), current_settings().timezone)


@bp.post("/<uuid:item_id>/keeping")
@requires("ledger.write", item=LedgerItem)
def keep_item(item_id: UUID) -> ResponseReturnValue:
    """Change who stands behind one item."""
    _change(find_within(current_session(), current_actor(), LedgerItem, item_id))
    return redirect(url_for("ledger.show", item_id=item_id))


@bp.get("/sources/<uuid:source_id>")
@requires("ledger.read", item=Source)
def source(source_id: UUID) -> ResponseReturnValue:
    """Show one source: who stands behind it, and its history."""
    found = find_within(current_session(), current_actor(), Source, source_id)
    return _place(found, "source", found.name, url_for(".keep_source", source_id=source_id))


@bp.post("/sources/<uuid:source_id>/keeping")
@requires("ledger.write", item=Source)
def keep_source(source_id: UUID) -> ResponseReturnValue:
    """Change who stands behind a source, and what lies in it."""
    _change(find_within(current_session(), current_actor(), Source, source_id))
    return redirect(url_for(".source", source_id=source_id))


@bp.get("/schemas/<uuid:schema_id>")
@requires("ledger.read", item=LedgerSchema)
def schema(schema_id: UUID) -> ResponseReturnValue:
    """Show one schema: who stands behind it, and its history."""
    found = find_within(current_session(), current_actor(), LedgerSchema, schema_id)
    return _place(found, "schema", found.name, url_for(".keep_schema", schema_id=schema_id))


@bp.post("/schemas/<uuid:schema_id>/keeping")
@requires("ledger.write", item=LedgerSchema)
def keep_schema(schema_id: UUID) -> ResponseReturnValue:
    """Change who stands behind a schema, and what lies in it."""
    _change(find_within(current_session(), current_actor(), LedgerSchema, schema_id))
    return redirect(url_for(".schema", schema_id=schema_id))


@bp.get("/tables/<uuid:table_id>")
@requires("ledger.read", item=LedgerTable)
def table(table_id: UUID) -> ResponseReturnValue:
    """Show one table: who stands behind it, its volume, and its history."""
    found = find_within(current_session(), current_actor(), LedgerTable, table_id)
    return _place(found, "table", found.name, url_for(".keep_table", table_id=table_id))


@bp.post("/tables/<uuid:table_id>/keeping")
@requires("ledger.write", item=LedgerTable)
def keep_table(table_id: UUID) -> ResponseReturnValue:
    """Change who stands behind a table, and what lies in it."""
    _change(find_within(current_session(), current_actor(), LedgerTable, table_id))
    return redirect(url_for(".table", table_id=table_id))


def _change(row: Kept) -> None:
    changed = edit(current_session(), current_actor(), row, read_form(KeepingForm).edit_of(row), at=now())
    toast("ledger.kept" if changed else "ledger.kept_as_was")


def _place(row: Source | LedgerSchema | LedgerTable, kind: str, name: str, url: str) -> str:
    session, actor = current_session(), current_actor()
    given: dict[str, Any] = {
        "row": row,
        "kind": kind,
        "name": name,
        "url": url,
        "history": history_of_place(session, row),
    }
    given["runs"] = comparable(session, actor, row.id) if isinstance(row, Source) else ()
    if isinstance(row, LedgerTable):
        given |= review_context(row)
        given["beyond"] = beyond_of(session, viewer(), row.id) if row.kind is TableKind.INTERFACE else None
        given["level_codes"] = LEVEL_CODES
    return render_template("ledger/place.html", **given, **keeping_context(row))


def review_context(table: LedgerTable) -> dict[str, Any]:
    """The table's running review, and whether the reader may put it forward as important data."""
    session, actor = current_session(), current_actor()
    may_forward = actor.may("policies.write") and in_scope(session, actor, table.org)
    return {"review": seen_review(session, actor, table.id), "may_forward": may_forward}


def keeping_context(row: Kept) -> dict[str, Any]:
    """What the fields' list and form need in a template."""
    return {
        "values": values_of(row),
        "own": own_fields(row),
        "texts": [name for name in _own_of(row) if name != "next_review"],
        "choices": choices(),
        "shown": shown,
        "may": current_actor().may,
    }


@bp.post("/bulk")
@requires("ledger.write")
def bulk() -> ResponseReturnValue:
    """Show what an edit of many items would change; with the act "apply", do it."""
    form = read_form(BulkForm)
    session, actor, items, change = current_session(), current_actor(), _selected(form), form.edit()
    found = preview(session, actor, items, change) if change else None
    if change is None or found is None or form.act != "apply" or form.expected != found.changed:
        stale = form.act == "apply" and found is not None and form.expected >= 0
        given = {"form": form, "choices": choices(), "found": found, "stale": stale, "shown": shown, "may": actor.may}
        return render_template("ledger/bulk.html", count=_count(items), names=[*FIELDS], **given)
    count = edit_many(session, actor, items, change, at=now())
    toast("ledger.bulk_done", count=count)
    return redirect(url_for("ledger.index") + ("?" + form.query if form.query else ""))


def _selected(form: BulkForm) -> Select[Any]:
    """The items picked, or the whole list as it is filtered; of what the list itself shows, never more."""
    items: Select[Any] = items_within(current_session(), viewer())
    if form.whole:
        return narrow(items, TABLE, MultiDict(parse_qsl(form.query)))
    if not form.pick:
        raise InputError("errors.ledger.nothing_picked")
    return items.where(LedgerItem.id.in_(form.pick))


def _count(items: Select[Any]) -> int:
    ids = items.with_only_columns(LedgerItem.id).order_by(None).subquery()
    return current_session().scalar(select(func.count()).select_from(ids)) or 0
