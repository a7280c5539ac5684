"""Pages of units: which there are below a centre, what they are, who is in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, or_, select

from soc.clock import now
from soc.errors import SocError
from soc.identity.models import Person
from soc.identity.reach import lines_of
from soc.text import t
from soc.tiers.models import Organisation, Tier, UnitKind
from soc.tiers.names import shown_name
from soc.tiers.placing import Placing, propose_placing
from soc.tiers.units import (
    NewUnit,
    UnitFacts,
    add_unit,
    change_unit,
    close_unit,
    is_closed,
    own_unit,
    reopen_unit,
)
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.people.choices import end_of, kinds, own_organisations
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("units", __name__, url_prefix="/people/units")


@dataclass(frozen=True, slots=True)
class NewUnitForm:
    """A new unit."""

    name: str = field(metadata={"longest": 80})
    parent: str = field(metadata={"longest": 40})
    kind: UnitKind
    name_en: str = field(default="", metadata={"longest": 80})
    line: str = field(default="", metadata={"longest": 40})
    suffix: str = field(default="", metadata={"longest": 40})
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class UnitForm:
    """What one person may change of a unit."""

    name: str = field(metadata={"longest": 80})
    kind: UnitKind
    name_en: str = field(default="", metadata={"longest": 80})
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlacingForm:
    """Where a unit is to stand, and why."""

    parent: str = field(metadata={"longest": 40})
    reason: str = field(metadata={"longest": 500})
    line: str = field(default="", metadata={"longest": 40})


#: which field of a form each refusal speaks of
_FIELDS = {
    "errors.organisation_unknown": "parent",
    "units.error.closed": "parent",
    "units.error.code": "suffix",
    "units.error.code_long": "suffix",
    "units.error.code_taken": "suffix",
    "units.error.end": "expires_on",
    "units.error.line": "line",
}


def _named(text: str) -> ColumnElement[bool]:
    words = (Organisation.name, Organisation.name_en, Organisation.code, Organisation.line)
    return or_(*(one.icontains(text, autoescape=True) for one in words))


def _in_state(value: str) -> ColumnElement[bool]:
    still = or_(Organisation.expires_at.is_(None), Organisation.expires_at > now())
    return still if value == "open" else ~still


UNITS = TableSpec(
    "units",
    (
        Column("name", "word.name", Organisation.name),
        Column("code", "units.code", Organisation.code),
        Column("parent", "units.parent", Organisation.parent_code),
        Column("kind", "units.kind", Organisation.kind),
        Column("line", "units.line", Organisation.line),
        Column("persons", "units.persons", numeric=True),
        Column("status", "word.status", Organisation.expires_at),
    ),
    default_sort="code",
    filters=(
        Filter(
            "kind",
            "units.kind",
            lambda: [Choice(value, label) for value, label in kinds()],
            lambda value: Organisation.kind == UnitKind(value),
        ),
        Filter(
            "state",
            "word.status",
            lambda: [Choice("open", t("units.open")), Choice("closed", t("units.closed"))],
            _in_state,
        ),
    ),
    search=_named,
)


@bp.get("/")
@requires("people.read")
def index() -> ResponseReturnValue:
    """List the units of the organisation and those below."""
    below = Organisation.path.startswith(viewer().org_path, autoescape=True)
    page = page_of(select(Organisation).where(Organisation.tier == Tier.UNIT, below), UNITS, request.args)
    return render_template("people/units.html", page=page, persons=_persons_in(page.rows), now=now(), may_write=_may())


@bp.get("/new")
@requires("people.write")
def new() -> ResponseReturnValue:
    """Show the form of a new unit."""
    return _new_form({"parent": request.args.get("parent", "")}, {})


@bp.post("/")
@requires("people.write")
def create() -> ResponseReturnValue:
    """Make a unit."""
    try:
        given = read_form(NewUnitForm)
        order = NewUnit(
            parent=given.parent, name=given.name, kind=given.kind, name_en=given.name_en, line=given.line,
            suffix=given.suffix, expires_at=end_of(given.expires_on),
        )  # fmt: skip
        unit = add_unit(current_session(), current_actor(), order, at=now())
    except FormError as error:
        return _new_form(dict(request.form), error.texts()), error.status
    except SocError as error:
        return _new_form(dict(request.form), {_field_of(error): text_of(error)}), error.status
    toast("units.made")
    return redirect(url_for(".index", open=unit.code))


@bp.get("/<code>")
@requires("people.read")
def show(code: str) -> ResponseReturnValue:
    """Show one unit, and what may be changed of it."""
    return _shown(code, {}, {})


@bp.post("/<code>")
@requires("people.write")
def change(code: str) -> ResponseReturnValue:
    """Rename a unit, say what it is and when it ends."""
    own_unit(current_session(), current_actor(), code)
    try:
        given = read_form(UnitForm)
        facts = UnitFacts(name=given.name, kind=given.kind, name_en=given.name_en, expires_at=end_of(given.expires_on))
        change_unit(current_session(), current_actor(), code, facts, at=now())
    except FormError as error:
        return _shown(code, dict(request.form), error.texts()), error.status
    except SocError as error:
        return _shown(code, dict(request.form), {_field_of(error): text_of(error)}), error.status
    toast("units.changed")
    return redirect(url_for(".index", open=code))


@bp.post("/<code>/place")
@requires("people.write")
def place(code: str) -> ResponseReturnValue:
    """Propose where a unit stands and its business line; a second person decides."""
    given = read_form(PlacingForm)
    order = Placing(code, given.parent, given.line)
    propose_placing(current_session(), current_actor(), order, reason=given.reason)
    toast("web.people.roles_proposed")
    return redirect(url_for(".index", open=code))


@bp.post("/<code>/close")
@requires("people.write")
def close(code: str) -> ResponseReturnValue:
    """Close a unit that nobody is in any more."""
    close_unit(current_session(), current_actor(), code, at=now())
    toast("units.was_closed")
    return redirect(url_for(".index", open=code))


@bp.post("/<code>/reopen")
@requires("people.write")
def reopen(code: str) -> ResponseReturnValue:
    """Open a closed unit again."""
    reopen_unit(current_session(), current_actor(), code, at=now())
    toast("units.was_reopened")
    return redirect(url_for(".index", open=code))


def _shown(code: str, values: dict[str, str], problems: dict[str, str]) -> str:
    session = current_session()
    unit = own_unit(session, current_actor(), code)
    parent = session.get_one(Organisation, unit.parent_code)
    return render_template(
        "people/unit.html",
        unit=unit,
        name=shown_name(unit),
        parent=parent,
        persons=_persons_in([unit]).get(unit.code, 0),
        closed=is_closed(session, unit, now()),
        values=values or _values(unit),
        problems=problems,
        kinds=kinds(),
        lines=lines_of(session, current_actor()),
        organisations=[one for one in own_organisations() if one[0] != code],
        may_write=_may(),
        now=now(),
    )


def _may() -> bool:
    return current_actor().may("people.write")


def _values(unit: Organisation) -> dict[str, str]:
    day = unit.expires_at.astimezone(current_settings().timezone).date().isoformat() if unit.expires_at else ""
    kind = unit.kind.value if unit.kind else ""
    return {"name": unit.name, "name_en": unit.name_en, "kind": kind, "expires_on": day}


def _new_form(values: dict[str, str], problems: dict[str, str]) -> str:
    return render_template(
        "people/unit_new.html",
        values=values,
        problems=problems,
        organisations=own_organisations(),
        kinds=kinds(),
        lines=lines_of(current_session(), current_actor()),
    )


def _persons_in(units: Sequence[Organisation]) -> dict[str, int]:
    """Return how many active persons are in each of these units; those with none are left out."""
    codes = [unit.code for unit in units]
    query = select(Person.org, func.count()).where(Person.org.in_(codes), Person.active).group_by(Person.org)
    return dict(current_session().execute(query).all())


def _field_of(error: SocError) -> str:
    """Return the field of the form that a refusal speaks of; its name, where it speaks of none."""
    return _FIELDS.get(error.key, "name")
