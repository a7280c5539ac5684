"""The page that tells who looked a subject up: a value comes by POST alone, and goes nowhere."""

from dataclasses import dataclass, field

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from audit.search import period
from audit.search.subjects import LONGEST_PURPOSE, LookedUp, who_looked_up
from soc.errors import InputError
from soc.subjects.values import LONGEST
from soc.text import t
from soc.web.context import current_session, current_store, viewer
from soc.web.forms import FormError, read_form
from soc.web.guard import requires

bp = Blueprint("log_subjects", __name__, url_prefix="/logs/subject", template_folder="templates")
#: what is written with separators is longer than the value
_WRITTEN = 2 * LONGEST


@dataclass(frozen=True, slots=True)
class SubjectForm:
    """A clear value, why it is asked for, and how far back."""

    value: str = field(metadata={"longest": _WRITTEN}, repr=False)
    purpose: str = field(metadata={"longest": LONGEST_PURPOSE})
    period: str = "30d"


@bp.get("/")
@requires("logs.read")
def index() -> ResponseReturnValue:
    """Ask whom."""
    return _page()


@bp.post("/")
@requires("logs.read")
def search() -> ResponseReturnValue:
    """Tell who looked this subject up; what was typed does not come back."""
    try:
        form = read_form(SubjectForm)
    except FormError as error:
        return _page(problems=error.texts()), 422
    try:
        stretch = period.chosen(form.period, None, None)
        found = who_looked_up(
            current_session(), current_store(), viewer(), form.value, purpose=form.purpose, period=stretch
        )
    except InputError as error:
        name = "purpose" if error.key == "errors.subject.purpose" else "value"
        return _page(form, problems={name: t(error.key, None, **dict(error.params))}), 422
    return _page(form, found)


def _page(
    form: SubjectForm | None = None, found: LookedUp | None = None, problems: dict[str, str] | None = None
) -> str:
    shown = {"purpose": form.purpose if form else "", "period": form.period if form else "30d"}
    return render_template(
        "logs/subject.html",
        found=found,
        problems=problems or {},
        shown=shown,
        periods=[(one, t(f"logsearch.period.{one}")) for one in (*period.PERIODS, "all")],
        longest=_WRITTEN,
        longest_purpose=LONGEST_PURPOSE,
    )
