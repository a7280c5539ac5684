"""The page of the security administrator: objects with a mark of state secrets, and that they were dealt with."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from soc.clock import now
from soc.ledger.secrecy import PERMISSION, SecretNotice, handle, notices_within, path_of
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast

bp = Blueprint("secrecy", __name__, url_prefix="/secrecy", template_folder="templates")

NOTICES = TableSpec(
    "secrecy",
    (
        Column("path", "secrecy.column.path"),
        Column("org", "word.organisation", SecretNotice.org),
        Column("source", "ledger.column.source"),
        Column("found", "secrecy.column.found", SecretNotice.first_seen),
        Column("seen", "secrecy.column.seen", SecretNotice.last_seen),
        Column("handled", "secrecy.column.handled", SecretNotice.handled_at),
    ),
    default_sort="-found",
)


@bp.get("/")
@requires(PERMISSION)
def index() -> ResponseReturnValue:
    """List the objects of the organisation and those below, the newest first."""
    page = page_of(notices_within(viewer()).options(joinedload(SecretNotice.source)), NOTICES, request.args)
    paths = {one.id: path_of(current_settings(), one) for one in page.rows}
    return render_template("ledger/secrecy.html", page=page, paths=paths)


@bp.post("/<uuid:notice_id>/handle")
@requires(PERMISSION, item=SecretNotice)
def handled(notice_id: UUID) -> ResponseReturnValue:
    """Note that one was dealt with."""
    handle(current_session(), current_actor(), str(notice_id), at=now())
    toast("secrecy.handled")
    return redirect(url_for(".index"))
