"""The confirm queue: an owner's word on one finding after another, by keyboard, mouse or thumb.

Each row is a fragment of its own. A key presses the row's own button, so that both ways are one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from policies.ledger.listing import GENERAL, QUEUE
from policies.ledger.words import evidence_words, title_of
from soc.clock import now
from soc.errors import InputError
from soc.ledger.decisions import (
    Correction,
    NotSensitive,
    Part,
    accept_alike,
    confirm_item,
    correct_item,
    decline,
    follow_proposal,
    split_item,
)
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.opinions import LedgerProposal
from soc.ledger.service import find_item
from soc.ledger.types import types
from soc.ledger.undoing import undo_last
from soc.ledger.waiting import alike, count_alike, count_waiting, parts_of, proposals_of, waiting
from soc.text import language, told
from soc.tiers.scope import within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.toasts import toast

bp = Blueprint("ledger_queue", __name__, url_prefix="/ledger/queue", template_folder="templates")
FORMS = ("correct", "split", "not_sensitive")
_LONG = {"longest": 500}


@dataclass(frozen=True, slots=True)
class CorrectForm:
    """What the column holds instead."""

    type: str = field(metadata={"longest": 60})
    level: Level | None = None
    why: str = field(default="", metadata=_LONG)


@dataclass(frozen=True, slots=True)
class NotSensitiveForm:
    """Why it is not sensitive."""

    reason: NotSensitive
    why: str = field(default="", metadata=_LONG)


@dataclass(frozen=True, slots=True)
class SplitForm:
    """What the column holds, part by part; a part without a type is not sensitive."""

    type_0: str = field(default="", metadata={"longest": 60})
    type_1: str = field(default="", metadata={"longest": 60})
    type_2: str = field(default="", metadata={"longest": 60})
    pattern_0: str = field(default="", metadata={"longest": 200})
    pattern_1: str = field(default="", metadata={"longest": 200})
    pattern_2: str = field(default="", metadata={"longest": 200})
    why: str = field(default="", metadata=_LONG)

    def parts(self) -> list[Part]:
        """The parts that were filled in, each at the level of its type."""
        given = [(getattr(self, f"type_{n}"), getattr(self, f"pattern_{n}")) for n in range(3)]
        return [Part(kind or None, level_of(kind), pattern) for kind, pattern in given if kind or pattern]


def level_of(kind: str) -> Level:
    """The level that a type has by itself."""
    known = types().get(kind)
    return known.level if known else Level.G1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue as its template draws it."""

    item: LedgerItem
    proposal: LedgerProposal | None
    #: the item the proposal comes from, where the reader may see it
    origin: LedgerItem | None
    alike: int
    words: Sequence[str]

    @property
    def kind(self) -> str | None:
        """The type that accepting takes over."""
        return self.proposal.type if self.proposal else self.item.type

    @property
    def level(self) -> Level:
        """The level that accepting takes over."""
        return self.proposal.level if self.proposal else self.item.level


@bp.get("")
@requires("ledger.write")
def index() -> ResponseReturnValue:
    """List what waits for the owner's word, the doubtful first."""
    session, actor = current_session(), viewer()
    page = page_of(waiting(actor), QUEUE, request.args)
    given = {"page": page, "rows": rows_of(page.rows), "waiting": count_waiting(session, actor)}
    return render_template("ledger/queue.html", **given, **_shared())


def rows_of(items: Sequence[LedgerItem]) -> list[Row]:
    """What the template of a line needs, for many lines in a few queries."""
    session, actor = current_session(), viewer()
    proposals = proposals_of(session, [item.id for item in items])
    wanted = [one.origin_id for one in proposals.values() if one.origin_id]
    seen = within(current_actor(), LedgerItem).where(LedgerItem.id.in_(wanted))
    origins = {one.id: one for one in session.scalars(seen.options(joinedload(LedgerItem.table)))} if wanted else {}
    counts = count_alike(session, actor, [item.pattern for item in items])
    return [
        Row(
            item,
            (found := proposals.get(item.id)),
            origins.get(found.origin_id) if found and found.origin_id else None,
            counts.get(item.pattern, 0) if not found and item.status is ItemStatus.PROPOSED else 0,
            evidence_words(item),
        )
        for item in items
    ]


def _shared() -> dict[str, Any]:
    return {
        "types": types(),
        "lang": language(),
        "title_of": title_of,
        "levels": GENERAL,
        "reasons": list(NotSensitive),
        "may": current_actor().may,
    }


@bp.get("/<uuid:item_id>")
@requires("ledger.write", item=LedgerItem)
def row(item_id: UUID) -> ResponseReturnValue:
    """Return one line again, with the form that is asked for open."""
    form = request.args.get("form", "")
    if form and form not in FORMS:
        raise InputError("errors.filter", name="form", value=form[:40])
    return _drawn(_item(item_id), form=form)


@bp.post("/<uuid:item_id>/accept")
@requires("ledger.write", item=LedgerItem)
def accept(item_id: UUID) -> ResponseReturnValue:
    """Take over what the line proposes."""
    session, actor, item = current_session(), current_actor(), _item(item_id)
    proposal = proposals_of(session, [item.id]).get(item.id)
    if proposal is not None:
        follow_proposal(session, actor, item, proposal, at=now())
    else:
        confirm_item(session, actor, item, at=now())
    return _done([item])


@bp.post("/<uuid:item_id>/keep")
@requires("ledger.write", item=LedgerItem)
def keep(item_id: UUID) -> ResponseReturnValue:
    """Decline what is proposed: the scan's word is confirmed, or the owner's earlier word stands."""
    session, actor, item = current_session(), current_actor(), _item(item_id)
    proposal = proposals_of(session, [item.id]).get(item.id)
    if item.status is ItemStatus.PROPOSED or proposal is None:
        confirm_item(session, actor, item, at=now())
    else:
        decline(session, actor, item, proposal, at=now())
    return _done([item])


@bp.post("/<uuid:item_id>/correct")
@requires("ledger.write", item=LedgerItem)
def correct(item_id: UUID) -> ResponseReturnValue:
    """Replace the scan's word by the owner's."""
    form, item = read_form(CorrectForm), _item(item_id)
    correction = Correction(form.type, form.level or level_of(form.type), form.why)
    return _tried(item, "correct", lambda: correct_item(current_session(), current_actor(), item, correction, at=now()))


@bp.post("/<uuid:item_id>/not_sensitive")
@requires("ledger.write", item=LedgerItem)
def not_sensitive(item_id: UUID) -> ResponseReturnValue:
    """Say that the column is not sensitive, and why."""
    form, item = read_form(NotSensitiveForm), _item(item_id)
    correction = Correction(None, Level.G1, form.why, form.reason)
    act = lambda: correct_item(current_session(), current_actor(), item, correction, at=now())  # noqa: E731
    return _tried(item, "not_sensitive", act)


@bp.post("/<uuid:item_id>/split")
@requires("ledger.write", item=LedgerItem)
def split(item_id: UUID) -> ResponseReturnValue:
    """Say that the column holds several things."""
    form, item = read_form(SplitForm), _item(item_id)
    act = lambda: split_item(current_session(), current_actor(), item, form.parts(), why=form.why, at=now())  # noqa: E731
    return _tried(item, "split", act)


@bp.post("/<uuid:item_id>/alike")
@requires("ledger.write", item=LedgerItem)
def accept_all_alike(item_id: UUID) -> ResponseReturnValue:
    """Confirm every waiting item of this one's pattern, as one act."""
    session, actor, item = current_session(), current_actor(), _item(item_id)
    items = [one for one in alike(session, actor, item) if one.id != item.id]
    accept_alike(session, actor, [item, *items], at=now())
    toast("ledger.queue.accepted_alike", count=len(items) + 1)
    return _done([item, *items])


@bp.post("/undo")
@requires("ledger.write")
def undo() -> ResponseReturnValue:
    """Take one's own last decision back."""
    undone = undo_last(current_session(), current_actor(), at=now())
    toast("ledger.queue.undone", count=len(undone))
    return _again(undone)


def _item(item_id: UUID) -> LedgerItem:
    return find_item(current_session(), current_actor(), str(item_id))


def _tried(item: LedgerItem, form: str, act: Any) -> ResponseReturnValue:
    """Carry a decision out; what is wrong with it stands in its form."""
    try:
        act()
    except InputError as error:
        if not _is_fragment():
            raise
        return _drawn(item, form=form, problem=told(error))
    return _done([item])


def _is_fragment() -> bool:
    return bool(request.headers.get("HX-Request"))


def _drawn(item: LedgerItem, **given: Any) -> str:
    return render_template("ledger/queue_row.html", row=rows_of([item])[0], **given, **_shared())


def _done(items: Sequence[LedgerItem]) -> ResponseReturnValue:
    """Answer with the decided lines: the first in its place, the others wherever the page shows them."""
    if not _is_fragment():
        return redirect(url_for(".index"))
    current_session().flush()
    return _lines(items, decided=True)


def _again(items: Sequence[LedgerItem]) -> ResponseReturnValue:
    """Answer with lines that wait again."""
    if not _is_fragment():
        return redirect(url_for(".index"))
    current_session().flush()
    query = within(current_actor(), LedgerItem).where(LedgerItem.id.in_([item.id for item in items]))
    loaded = query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))
    return _lines(current_session().scalars(loaded).all(), decided=False)


#: lines of one answer; a page shows fewer
_MOST_LINES = 200


def _lines(items: Sequence[LedgerItem], *, decided: bool) -> str:
    session = current_session()
    shown = items[:_MOST_LINES]
    rows = [Row(item, None, None, 0, ()) for item in shown] if decided else rows_of(shown)
    parts = {item.id: parts_of(session, item) for item in shown[:1]} if decided else {}
    given = {"rows": rows, "decided": decided, "parts": parts, "waiting": count_waiting(session, viewer())}
    return render_template("ledger/queue_lines.html", **given, **_shared())
