"""Pages of the workshop: the recognizers there are, the editor with its test panel, the draft and its way into force."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from detectors.recognizers.checksums import CHANCE
from detectors.recognizers.definition import recognizers
from detectors.workshop import service
from detectors.workshop.check import categories, check, kinds
from detectors.workshop.claims import claims
from detectors.workshop.dictionary import LARGEST, lines_of, words_of
from detectors.workshop.inferring import inferred
from detectors.workshop.trial import tried
from soc.errors import NotFoundError
from soc.ledger.levels import GENERAL
from soc.ledger.own_types import KIND, definition_of, sought
from soc.ledger.types import shipped_types, types
from soc.text import language
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from soc.versions.values import Problem
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("workshop", __name__, url_prefix="/recognizers", template_folder="templates")
#: columns of the ledger that one test names, and that it counts
_SHOWN, _COUNTED = 20, 2000
_LONG = 500_000
FLAGS = ("upper", "needs_name", "text", "log")


@dataclass(frozen=True, slots=True)
class RecognizerForm:
    """One recognizer as its form says it; lists are of lines."""

    id: str = field(default="", metadata={"longest": 100})
    zh: str = field(default="", metadata={"longest": 200})
    en: str = field(default="", metadata={"longest": 200})
    level: str = field(default="", metadata={"longest": 10})
    kind: str = field(default="", metadata={"longest": 20})
    group: str = field(default="", metadata={"longest": 100})
    pattern: str = field(default="", metadata={"longest": _LONG})
    check: str = field(default="", metadata={"longest": 100})
    strip: str = field(default="", metadata={"longest": 100})
    words: str = field(default="", metadata={"longest": _LONG})
    names: str = field(default="", metadata={"longest": _LONG})
    context: str = field(default="", metadata={"longest": _LONG})
    positive: str = field(default="", metadata={"longest": _LONG})
    negative: str = field(default="", metadata={"longest": _LONG})
    samples: str = field(default="", metadata={"longest": _LONG})
    flags: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()

    def table(self) -> dict[str, Any]:
        """The recognizer as the document has it."""
        lists = {key: lines_of(getattr(self, key)) for key in ("words", "names", "context", "positive", "negative")}
        plain = {key: getattr(self, key).strip() for key in ("id", "zh", "en", "level", "group", "pattern", "check")}
        flags = {key: key in self.flags for key in FLAGS}
        return {**plain, "class": self.kind, "strip": self.strip, "yields_to": list(self.yields_to), **lists, **flags}


@dataclass(frozen=True, slots=True)
class NameForm:
    """Which recognizer."""

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


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the organisation's own recognizers, those of the tiers above, the draft, the shipped ones, the versions."""
    session, actor, org = current_session(), current_actor(), viewer().org
    draft = service.own_draft(session, actor, org)
    return render_template(
        "workshop/index.html",
        own=service.working_body(session, actor, org)["recognizers"],
        above=[one for one in sought(session, org) if not one.id.startswith(f"own_{org}_")],
        draft=draft,
        effect=versions.what_if(session, viewer(), draft) if draft else None,
        shipped=list(recognizers().values()),
        active=versions.active(session, KIND, org),
        history=versions.history(session, KIND, org),
        lang=language(),
        may_write=actor.may("policies.write"),
    )


@bp.get("/edit")
@requires("policies.write")
def edit() -> ResponseReturnValue:
    """Make a recognizer, or change the one that ``name`` names."""
    name = request.args.get("name", "")
    known = service.working_body(current_session(), current_actor(), viewer().org)["recognizers"]
    found = next((one for one in known if one["id"] == name), None)
    if name and found is None:
        raise NotFoundError
    return _editor(found or {"level": "G3", "text": True, "log": True})


@bp.post("/try")
@requires("policies.write")
def attempt() -> ResponseReturnValue:
    """Check the recognizer in the form and try it on the form's lines; nothing is kept."""
    table = read_form(RecognizerForm).table()
    problems = _problems(table)
    found = [] if problems else tried(definition_of(viewer().org, table), table["positive"], table["negative"])
    return render_template("workshop/tried.html", problems=problems, tried=found)


@bp.post("/suggest")
@requires("policies.write")
def suggest() -> ResponseReturnValue:
    """Propose a pattern for the form's sample values; they are not kept."""
    form = read_form(RecognizerForm)
    return render_template("workshop/suggested.html", proposal=inferred(form.samples.splitlines()))


@bp.post("/ledger")
@requires("policies.write")
def on_ledger() -> ResponseReturnValue:
    """Say which columns of the ledger the recognizer in the form would claim, and which are of another type today."""
    table = read_form(RecognizerForm).table()
    problems = _problems(table)
    session, actor = current_session(), viewer()
    there = [] if problems else list(islice(claims(session, actor, definition_of(actor.org, table)), _COUNTED))
    there.sort(key=lambda one: not one.collides)
    return render_template(
        "workshop/ledger.html", problems=problems, claims=there[:_SHOWN], count=len(there), most=_COUNTED,
        collisions=sum(one.collides for one in there), types=types(), lang=language(),
    )  # fmt: skip


@bp.post("/keep")
@requires("policies.write")
def keep() -> ResponseReturnValue:
    """Put the recognizer into the person's draft; an uploaded file is its dictionary."""
    table = read_form(RecognizerForm).table()
    file = request.files.get("file")
    if file is not None and file.filename:
        table["words"] = words_of(file.stream.read(LARGEST + 1))
    try:
        service.keep(current_session(), current_actor(), viewer().org, table)
    except FaultyBodyError as error:
        return _editor(table, error.problems), 422
    toast("workshop.kept")
    return redirect(url_for(".index"))


@bp.post("/remove")
@requires("policies.write")
def remove() -> ResponseReturnValue:
    """Take a recognizer out of the person's draft."""
    service.take_out(current_session(), current_actor(), viewer().org, read_form(NameForm).name)
    toast("workshop.taken_out")
    return redirect(url_for(".index"))


@bp.post("/propose")
@requires("policies.write")
def propose() -> ResponseReturnValue:
    """Ask a second person to put the draft in force."""
    approval = service.propose(current_session(), current_actor(), viewer().org, reason=read_form(ReasonForm).reason)
    toast("workshop.proposed")
    return redirect(url_for("approvals.show", approval_id=approval.id))


@bp.post("/discard")
@requires("policies.write")
def discard() -> ResponseReturnValue:
    """Throw the draft away."""
    service.discard(current_session(), current_actor(), viewer().org)
    toast("workshop.discarded")
    return redirect(url_for(".index"))


@bp.post("/return")
@requires("policies.write")
def roll_back() -> ResponseReturnValue:
    """Propose an earlier version again."""
    form = read_form(ReturnForm)
    approval = versions.roll_back(
        current_session(), current_actor(), KIND, viewer().org, form.number, reason=form.reason
    )
    toast("workshop.proposed")
    return redirect(url_for("approvals.show", approval_id=approval.id))


def _problems(table: dict[str, Any]) -> list[Problem]:
    return check({"recognizers": [table]})


def _editor(table: dict[str, Any], problems: list[Problem] | None = None) -> str:
    lang = language()
    return render_template(
        "workshop/edit.html",
        one=table,
        problems=problems or [],
        levels=[(one.value, f"{one.value}") for one in GENERAL],
        kinds=kinds(),
        groups=categories(lang),
        checks=sorted(CHANCE),
        flags=FLAGS,
        shipped=[(one.id, one.title(lang)) for one in shipped_types().values()],
        lang=lang,
    )
