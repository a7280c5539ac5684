"""The pages of a person's draft of a document: what it changes, what it would do, its text, two edits side by side.

One mechanism for every document with versions that is edited in pieces: a room says what is its own (:class:`Desk`)
and gets the routes. Its folder of templates holds ``tabs.html`` and ``effect.html``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.versions.drafting import Drafting
from soc.versions.drafts import edits, is_stale, merge
from soc.versions.models import PolicyVersion
from soc.versions.service import FaultyBodyError, StaleBaseError
from soc.versions.side_by_side import chosen_sides, laid_side_by_side, seen_version
from soc.versions.values import WhatIf
from soc.web.context import current_actor, current_session
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast
from soc.yaml_text import YamlError, read_mapping

_LONGEST = 1 << 20
_PERMISSION = "policies.write"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is one document's own: its drafts, its page of tables, what every page of its editor shows."""

    drafting: Drafting
    #: endpoint of the tables
    home: str
    #: endpoint of the file that commands read
    download: str
    #: folder of templates
    folder: str
    #: what the pages show: at least ``body`` and what :func:`standing` returns
    copy: Callable[[Session, Actor], dict[str, object]]
    what_if: Callable[[Session, Actor, Mapping[str, Any]], WhatIf]
    text: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """Why the draft should be in force, and from when; without a time at once."""

    reason: str = field(metadata={"longest": 500})
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TextForm:
    """The whole document as text."""

    text: str = field(metadata={"longest": _LONGEST})


def standing(session: Session, draft: PolicyVersion | None) -> dict[str, object]:
    """Return how a draft stands: itself, what it changes, whether it was overtaken."""
    return {
        "draft": draft,
        "edits": edits(session, draft) if draft else (),
        "stale": is_stale(session, draft) if draft else False,
    }


def _show(desk: Desk) -> ResponseReturnValue:
    """Show what the draft changes and what it would do to the ledger; nothing is stored."""
    session, actor = current_session(), current_actor()
    draft = _own(desk)
    effect = desk.what_if(session, actor, draft.body) if draft else None
    return _page(desk, "draft", effect=effect)


def _propose(desk: Desk) -> ResponseReturnValue:
    """Ask a second person to put the draft in force; an overtaken one is laid beside what overtook it."""
    session, actor, form = current_session(), current_actor(), read_form(ProposalForm)
    drafting = desk.drafting
    try:
        approval = drafting.propose(session, actor, actor.org, reason=form.reason, starts_at=form.starts_at)
    except StaleBaseError:
        return redirect(url_for(".compare"))
    toast("versions.proposed", number=approval.payload["number"])
    return redirect(url_for("approvals.show", approval_id=approval.id))


def _throw_away(desk: Desk) -> ResponseReturnValue:
    """Throw the draft away."""
    desk.drafting.discard(current_session(), current_actor(), current_actor().org)
    toast("drafts.gone")
    return redirect(url_for(desk.home))


def _text(desk: Desk) -> ResponseReturnValue:
    """Edit the whole document as text."""
    return _page(desk, "text", text=None, problems=(), unreadable=None)


def _set_text(desk: Desk) -> ResponseReturnValue:
    """Keep the text as the draft; every fault is named with its place, and what was typed stays."""
    session, actor, form = current_session(), current_actor(), read_form(TextForm)
    given: dict[str, object] = {"text": form.text, "problems": (), "unreadable": None}
    try:
        kept = desk.drafting.edit(session, actor, actor.org, read_mapping(form.text).body)
    except YamlError as error:
        given["unreadable"] = text_of(error)
    except FaultyBodyError as error:
        given["problems"] = tuple(error.problems)
    else:
        return redirect(url_for(".show" if kept else desk.home))
    return _page(desk, "text", **given), 422


def _compare(desk: Desk) -> ResponseReturnValue:
    """Lay the draft beside the version that came into force since it was begun."""
    laid = laid_side_by_side(current_session(), _own(desk))
    return redirect(url_for(".show")) if laid is None else _page(desk, "compare", laid=laid)


def _take_both(desk: Desk) -> ResponseReturnValue:
    """Put the draft's changes onto the version in force, as chosen."""
    session, actor = current_session(), current_actor()
    merge(session, actor, desk.drafting.kind, actor.org, chosen_sides(), seen=seen_version())
    toast("versions.merged")
    return redirect(url_for(".show"))


def _own(desk: Desk) -> PolicyVersion | None:
    return desk.drafting.own(current_session(), current_actor(), current_actor().org)


def _page(desk: Desk, name: str, **more: object) -> str:
    copy = desk.copy(current_session(), current_actor())
    if more.get("text", "") is None:
        more["text"] = desk.text(copy["body"])  # type: ignore[arg-type]
    return render_template(f"drafts/{name}.html", desk=desk, **copy, **more)


def install_drafting(bp: Blueprint, desk: Desk) -> None:
    """Give a blueprint the pages of the drafts; each is of the actor's own organisation."""
    for path, method, view in (
        ("/", "GET", _show),
        ("/propose", "POST", _propose),
        ("/discard", "POST", _throw_away),
        ("/text", "GET", _text),
        ("/text", "POST", _set_text),
        ("/compare", "GET", _compare),
        ("/compare", "POST", _take_both),
    ):
        of_desk = update_wrapper(partial(view, desk), view)
        bp.add_url_rule(path, view.__name__.lstrip("_"), requires(_PERMISSION)(of_desk), methods=[method])
