"""The pages that every document of tables has: taken out, proposed, laid side by side, downloaded, discarded, brought back.

A room says what is its own (:class:`Desk`) and gets the routes on its blueprint. Its folder of templates holds
``compare.html``; its words are ``<words>.taken_out``, ``.proposed`` and ``.discarded``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, update_wrapper

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.documents import Document
from soc.versions.service import StaleBaseError
from soc.versions.side_by_side import chosen_sides, laid_side_by_side, seen_version
from soc.versions.tables import Tables
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast


@dataclass(frozen=True, slots=True)
class Desk:
    """What is one document's own."""

    tables: Tables
    document: Document
    #: the area of its permissions: ``<area>.read``, ``<area>.write``
    area: str
    #: the head of its messages, and its folder of templates
    words: str
    #: what the downloaded file is called
    file: str


@dataclass(frozen=True, slots=True)
class NameForm:
    """Which table."""

    name: str = field(metadata={"longest": 100})


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why it should be in force."""

    reason: str = field(metadata={"longest": 1000})


@dataclass(frozen=True, slots=True)
class ReturnForm:
    """Which version should be in force again, and why."""

    number: int
    reason: str = field(metadata={"longest": 1000})


def _remove(desk: Desk) -> ResponseReturnValue:
    """Take a table out of the person's draft."""
    desk.tables.take_out(current_session(), current_actor(), viewer().org, read_form(NameForm).name)
    toast(f"{desk.words}.taken_out")
    return redirect(url_for(".index"))


def _propose(desk: Desk) -> ResponseReturnValue:
    """Ask a second person to put the draft in force; an overtaken one is laid beside what overtook it."""
    session, actor, reason = current_session(), current_actor(), read_form(ReasonForm).reason
    try:
        approval = desk.tables.propose(session, actor, viewer().org, reason=reason)
    except StaleBaseError:
        return redirect(url_for(".compare"))
    toast(f"{desk.words}.proposed")
    return redirect(url_for("approvals.show", approval_id=approval.id))


def _compare(desk: Desk) -> ResponseReturnValue:
    """Lay the draft beside the version that came into force since it was begun."""
    session = current_session()
    laid = laid_side_by_side(session, desk.tables.own_draft(session, current_actor(), viewer().org))
    return render_template(f"{desk.words}/compare.html", laid=laid) if laid else redirect(url_for(".index"))


def _take_both(desk: Desk) -> ResponseReturnValue:
    """Put the draft's changes onto the version in force, as chosen."""
    chosen, seen = chosen_sides(), seen_version()
    drafts.merge(current_session(), current_actor(), desk.tables.kind, viewer().org, chosen, seen=seen)
    toast("versions.merged")
    return redirect(url_for(".index"))


def _download(desk: Desk) -> ResponseReturnValue:
    """Give the document in force as the file that commands read."""
    text, name = desk.document.text(current_session(), viewer().org), f'attachment; filename="{desk.file}"'
    return Response(text, mimetype="application/yaml", headers={"Content-Disposition": name})


def _discard(desk: Desk) -> ResponseReturnValue:
    """Throw the draft away."""
    desk.tables.discard(current_session(), current_actor(), viewer().org)
    toast(f"{desk.words}.discarded")
    return redirect(url_for(".index"))


def _roll_back(desk: Desk) -> ResponseReturnValue:
    """Propose an earlier version again."""
    form, session, actor = read_form(ReturnForm), current_session(), current_actor()
    approval = versions.roll_back(session, actor, desk.tables.kind, viewer().org, form.number, reason=form.reason)
    toast(f"{desk.words}.proposed")
    return redirect(url_for("approvals.show", approval_id=approval.id))


_ROUTES: tuple[tuple[str, str, str, str, Callable[[Desk], ResponseReturnValue]], ...] = (
    ("POST", "/remove", "remove", "write", _remove),
    ("POST", "/propose", "propose", "write", _propose),
    ("GET", "/compare", "compare", "write", _compare),
    ("POST", "/compare", "take_both", "write", _take_both),
    ("GET", "/document.yaml", "download", "read", _download),
    ("POST", "/discard", "discard", "write", _discard),
    ("POST", "/return", "roll_back", "write", _roll_back),
)


def install_tables(bp: Blueprint, desk: Desk) -> None:
    """Give a blueprint the routes."""
    for method, rule, endpoint, act, view in _ROUTES:
        bound = update_wrapper(partial(view, desk), view)
        bp.add_url_rule(rule, endpoint, requires(f"{desk.area}.{act}")(bound), methods=[method])
