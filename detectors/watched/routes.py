"""The page of watched subjects: tokens and labels, never a value."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from detectors.watched.models import WatchedSubject, WatchStatus
from detectors.watched.service import WatchOrder, end_watch, ending, propose_watch, watches
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.text import t
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("watched", __name__, url_prefix="/watched", template_folder="templates")
_MOST = 500
_LONGEST_VALUE = 128


@dataclass(frozen=True, slots=True)
class WatchForm:
    """A number in clear, what it is known by, and why and how long it is watched."""

    value: str = field(metadata={"longest": _LONGEST_VALUE}, repr=False)
    label: str = field(metadata={"longest": 60})
    reason: str = field(metadata={"longest": 500})
    owner: str = field(metadata={"longest": 60})
    until: date

    def order(self) -> WatchOrder:
        """What is asked for; the last day is watched to its end."""
        end = datetime.combine(self.until + timedelta(days=1), time(), current_settings().timezone)
        return WatchOrder(self.value, self.label, self.reason, self.owner, end)


@dataclass(frozen=True, slots=True)
class EndForm:
    """Why somebody need not be watched any more."""

    reason: str = field(metadata={"longest": 500})


@bp.get("/")
@requires("logs.read")
def index() -> ResponseReturnValue:
    """List what is watched, proposed and over."""
    return _page()


@bp.post("/")
@requires("logs.watch")
def watch() -> ResponseReturnValue:
    """Propose a watch; what was typed as the number does not come back."""
    form: WatchForm | None = None
    try:
        form = read_form(WatchForm)
        propose_watch(current_session(), current_actor(), form.order(), at=now())
    except FormError as error:
        return _page(problems=error.texts()), 422
    except (InputError, ConflictError) as error:
        name = {"errors.watched.expiry": "until", "errors.watched.clear": "reason"}.get(error.key, "value")
        return _page(form, {name: t(error.key)}), error.status
    toast("watched.said.proposed")
    return redirect(url_for(".index"))


@bp.post("/<uuid:watch_id>/end")
@requires("logs.watch", item=WatchedSubject)
def end(watch_id: UUID) -> ResponseReturnValue:
    """Propose to stop watching; what nobody has agreed to yet is taken back at once."""
    form = read_form(EndForm)
    found = end_watch(current_session(), current_actor(), watch_id, form.reason, at=now())
    toast("watched.said.ended" if found.status is WatchStatus.ENDED else "watched.said.ending")
    return redirect(url_for(".index"))


def _page(form: WatchForm | None = None, problems: dict[str, str] | None = None) -> str:
    query = watches(viewer()).order_by(WatchedSubject.created_at.desc()).limit(_MOST)
    shown = list(current_session().scalars(query))
    return render_template(
        "watched/index.html",
        watches=shown,
        open_states=(WatchStatus.PROPOSED, WatchStatus.ACTIVE),
        ending=ending(current_session(), shown),
        form=form,
        me=current_actor().name,
        problems=problems or {},
        may=current_actor().may,
        at=now(),
        longest=_LONGEST_VALUE,
    )
