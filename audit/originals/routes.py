"""The page of one event's original: ask, wait, read. The clear text comes by POST alone, and stands in no address."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from audit.ingest.pipeline import spool_of
from audit.ingest.spool import DamagedRecordError
from audit.originals.finding import Original, batch_of
from audit.originals.service import LONGEST_REASON, OPEN_FOR, Ground, ask, read_original, standing_of
from audit.search import reading
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.logstore.port import Event
from soc.text import t
from soc.web.context import current_actor, current_session, current_settings, current_store, viewer
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("originals", __name__, url_prefix="/logs/<string:uid>/original", template_folder="templates")


@dataclass(frozen=True, slots=True)
class AskForm:
    """What the original is needed for, and why."""

    purpose: Ground
    reason: str = field(metadata={"longest": LONGEST_REASON})


@bp.get("/")
@requires("logs.original")
def show(uid: str) -> ResponseReturnValue:
    """Say where one's asking stands, or ask."""
    return _page(_event(uid))


@bp.post("/")
@requires("logs.original")
def ask_for(uid: str) -> ResponseReturnValue:
    """Ask for the original; a second person is told."""
    event = _event(uid)
    form: AskForm | None = None
    try:
        form = read_form(AskForm)
        ask(current_session(), current_actor(), event, form.purpose, form.reason, at=now())
    except FormError as error:
        return _page(event, problems=error.texts()), 422
    except (InputError, ConflictError) as error:
        # a reason that names somebody does not come back
        kept = None if error.key == "errors.original.clear" else form
        problems = {"reason": t(error.key, None, **dict(error.params))}
        return _page(event, form=kept, problems=problems), error.status
    toast("originals.said.asked")
    return redirect(url_for(".show", uid=uid))


@bp.post("/read")
@requires("logs.original")
def read(uid: str) -> ResponseReturnValue:
    """Show the original, once for each time it is asked; what cannot be opened says why."""
    event = _event(uid)
    spool = spool_of(current_settings())
    try:
        original = read_original(current_session(), current_actor(), event, spool, at=now())
    except DamagedRecordError as error:
        return _page(event, trouble=t(error.key, None, **dict(error.params))), error.status
    return _page(event, original=original)


def _event(uid: str) -> Event:
    return reading.found(current_store(), current_session(), viewer(), uid)


def _page(
    event: Event,
    *,
    form: AskForm | None = None,
    original: Original | None = None,
    problems: dict[str, str] | None = None,
    trouble: str = "",
) -> str:
    session = current_session()
    return render_template(
        "originals/show.html",
        event=event,
        standing=standing_of(session, current_actor(), event, at=now()),
        known=batch_of(session, event) is not None,
        original=original,
        form=form,
        problems=problems or {},
        trouble=trouble,
        grounds=[(one.value, t(f"originals.ground.{one.value}")) for one in Ground],
        minutes=int(OPEN_FOR.total_seconds() // 60),
        longest=LONGEST_REASON,
    )
