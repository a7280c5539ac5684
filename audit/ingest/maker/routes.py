"""Pages of the workshop of log formats: those there are, the editor with its preview, the draft and its way into force.

Pasted lines hold personal data: they go from the form into the answer, and nowhere else.
"""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from audit.ingest.formats import NAMES, find_format
from audit.ingest.formats.own import own_in_force
from audit.ingest.maker.attributes import CLASSES, MAPPABLE
from audit.ingest.maker.check import check_one
from audit.ingest.maker.document import DOCUMENT
from audit.ingest.maker.editing import Edited, read_editor
from audit.ingest.maker.inferring import inferred
from audit.ingest.maker.mapping import field_rows
from audit.ingest.maker.pasted import MOST_BYTES, MOST_LINES, Pasted
from audit.ingest.maker.preview import Preview, previewed
from audit.ingest.maker.service import TABLES
from audit.ingest.maker.toml_text import LARGEST, TomlError, read, written
from audit.ingest.own_formats import formats_within
from soc.errors import InputError, NotFoundError
from soc.text import language, t
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from soc.versions.values import Problem
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.guard import requires
from soc.web.own_tables import Desk, install_tables
from soc.web.toasts import toast
from soc.yaml_text import YamlError

bp = Blueprint("log_formats", __name__, url_prefix="/ingest/formats", template_folder="templates")
install_tables(bp, Desk(TABLES, DOCUMENT, "formats", "maker", "log-formats.yaml"))
_EMPTY: dict[str, Any] = {"id": "", "zh": "", "en": ""}
_NO_LINES = Pasted(())


@bp.get("/")
@requires("formats.read")
def index() -> ResponseReturnValue:
    """Show the organisation's own formats, those of the tiers above, the draft, the shipped ones, the versions."""
    session, actor, org = current_session(), current_actor(), viewer().org
    draft = TABLES.own_draft(session, actor, org)
    with formats_within(session, org):
        above = [one.format for one in own_in_force() if not one.format.name.startswith(f"own_{org}_")]
    return render_template(
        "maker/index.html",
        org=org,
        own=TABLES.working_body(session, actor, org)["formats"],
        above=above,
        draft=draft,
        stale=drafts.is_stale(session, draft) if draft else False,
        effect=versions.what_if(session, viewer(), draft) if draft else None,
        shipped=[find_format(name) for name in NAMES],
        active=versions.active(session, TABLES.kind, org),
        history=versions.history(session, TABLES.kind, org),
        lang=language(),
        may_write=actor.may("formats.write"),
    )


@bp.get("/edit")
@requires("formats.write")
def edit() -> ResponseReturnValue:
    """Make a format, or change the one that ``name`` names."""
    name = request.args.get("name", "")
    return _editor(_known(name) if name else _EMPTY, _NO_LINES)


@bp.get("/file")
@requires("formats.read")
def download_one() -> ResponseReturnValue:
    """Give one format, as the draft or what is in force has it, as the file that ``soc logs format`` reads."""
    table = _known(request.args.get("name", ""))
    name = f'attachment; filename="{table["id"]}.toml"'
    return Response(written(table), mimetype="application/toml", headers={"Content-Disposition": name})


def _known(name: str) -> dict[str, Any]:
    body = TABLES.working_body(current_session(), current_actor(), viewer().org)
    found = next((one for one in body["formats"] if one["id"] == name), None)
    if found is None:
        raise NotFoundError
    return dict(found)


@bp.post("/suggest")
@requires("formats.write")
def suggest() -> ResponseReturnValue:
    """Propose a format for the pasted lines; what it is called stays as typed."""
    edited = read_editor()
    found = inferred(edited.lines)
    if found is None:
        return _editor(_EMPTY | edited.named(), edited.lines, trouble=t("maker.error.nothing")), 422
    return _editor({**edited.named(), **found}, edited.lines, shown=True)


@bp.post("/preview")
@requires("formats.write")
def preview() -> ResponseReturnValue:
    """Read the pasted lines by the format in the form; nothing is kept. Without scripts the whole page comes back."""
    edited = read_editor()
    try:
        table = edited.table()
    except (TomlError, YamlError) as error:
        return _refused(edited, error)
    if request.headers.get("HX-Request"):
        problems = _problems(table)
        seen = None if problems else _previewed(table, edited.lines)
        return render_template("maker/tried.html", problems=problems, seen=seen)
    return _editor(table, edited.lines, shown=True)


@bp.post("/keep")
@requires("formats.write")
def keep() -> ResponseReturnValue:
    """Put the format into the person's draft; the lines are not kept."""
    edited = read_editor()
    try:
        table = edited.table()
    except (TomlError, YamlError) as error:
        return _refused(edited, error)
    try:
        TABLES.keep(current_session(), current_actor(), viewer().org, table)
    except FaultyBodyError as error:
        return _editor(table, edited.lines, problems=_of_one(error.problems, table)), 422
    toast("maker.kept")
    return redirect(url_for(".index"))


@bp.post("/import")
@requires("formats.write")
def import_one() -> ResponseReturnValue:
    """Take a format's file into the editor; nothing is kept yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InputError("maker.error.no_file")
    try:
        return _editor(read(file.stream.read(LARGEST + 1)), _NO_LINES, shown=True)
    except (TomlError, YamlError) as error:
        return _editor(_EMPTY, _NO_LINES, trouble=text_of(error)), 422


def _refused(edited: Edited, error: InputError) -> ResponseReturnValue:
    """The text cannot be read: what was typed comes back as it is."""
    trouble = text_of(error)
    if request.headers.get("HX-Request"):
        return render_template("maker/tried.html", problems=[], seen=None, trouble=trouble)
    return _editor(_EMPTY | edited.named(), edited.lines, text=edited.form.text, trouble=trouble), 422


def _problems(table: dict[str, Any]) -> list[Problem]:
    """What is wrong but for the names, which a person gives last."""
    return check_one(_named(table))


def _named(table: dict[str, Any]) -> dict[str, Any]:
    return {**table, **{key: table.get(key) or "unnamed" for key in _EMPTY}}


def _of_one(problems: list[Problem], table: dict[str, Any]) -> list[Problem]:
    """Of a document's problems those of the format at hand, else all."""
    return check_one(table) or problems


def _previewed(table: dict[str, Any], lines: Pasted) -> Preview:
    return previewed(viewer().org, _named(table), lines, current_settings().timezone)


def _editor(
    table: dict[str, Any],
    lines: Pasted,
    *,
    text: str | None = None,
    trouble: str = "",
    problems: list[Problem] | None = None,
    shown: bool = False,
) -> str:
    """The whole editor; ``shown`` says that the preview is to be filled."""
    there = len(table) > len(_EMPTY)
    wrong = problems if problems is not None else _problems(table) if there else []
    sound = there and not _problems(table)
    chosen = table.get("set", {}).get("class_uid", 0) if isinstance(table.get("set", {}), dict) else 0
    return render_template(
        "maker/edit.html",
        one=table,
        text=_written(table, text, there=there),
        rows=field_rows(_named(table), lines) if sound else [],
        pasted="\n".join(lines.lines),
        problems=wrong,
        trouble=trouble,
        seen=_previewed(table, lines) if sound and shown and lines.filled else None,
        classes=[(one, t(f"maker.class.{one}")) for one in CLASSES],
        chosen=chosen,
        attributes=[(name, t(f"logfield.{name}")) for name in MAPPABLE],
        most_lines=MOST_LINES,
        most_kib=MOST_BYTES >> 10,
        lang=language(),
    )


def _written(table: dict[str, Any], text: str | None, *, there: bool) -> str:
    if text is not None:
        return text
    return written({key: value for key, value in table.items() if key not in _EMPTY}) if there else ""
