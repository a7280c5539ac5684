"""How much of a value a partial mask leaves, type by type, with what it makes of an invented value."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from policies.protection.copy import edited_body, kept, working_copy
from policies.protection.editing import with_shape
from policies.protection.operators import OPERATORS, Use
from policies.protection.policy import ProtectionPolicy
from policies.protection.shapes import Style
from policies.protection.specimens import specimen
from soc.crypto import ring_of
from soc.errors import NotFoundError
from soc.ledger.types import types
from soc.web.context import current_actor, current_session, current_settings
from soc.web.forms import read_form
from soc.web.guard import requires

bp = Blueprint("protection_shapes", __name__, url_prefix="/protection/shapes", template_folder="templates")
WAYS = ("usual", "keep", "hide_last", *(one.value for one in Style if one is not Style.COUNT))


@dataclass(frozen=True, slots=True)
class ShapeForm:
    """How much of a type's values a partial mask leaves; which figures count is said by ``way``."""

    type: str = field(metadata={"longest": 64})
    way: str = field(metadata={"choices": frozenset(WAYS)})
    first: int = field(default=1, metadata={"least": 0, "most": 32})
    last: int = field(default=1, metadata={"least": 0, "most": 32})
    hidden: int = field(default=4, metadata={"least": 1, "most": 64})


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show every type with how much of it stays."""
    copy = working_copy(current_session(), current_actor())
    policy = copy["policy"]
    assert isinstance(policy, ProtectionPolicy)
    return render_template("protection/shapes.html", lines=_lines(policy), ways=WAYS, **copy)


@bp.post("/")
@requires("policies.write")
def set_shape() -> ResponseReturnValue:
    """Keep in the draft how much of a type's values stays."""
    form = read_form(ShapeForm)
    if form.type not in types():
        raise NotFoundError
    return kept(with_shape(edited_body(), form.type, shape_said(form)))


def shape_said(form: ShapeForm) -> dict[str, Any] | None:
    """The shape that a form stands for; None for the usual one."""
    if form.way == "usual":
        return None
    said: dict[str, Any] = {"keep": [form.first, form.last], "hide_last": form.hidden}
    return {form.way: said[form.way]} if form.way in said else {"style": form.way}


def _lines(policy: ProtectionPolicy) -> list[tuple[Any, Any, str, str | None]]:
    """Types in the order of their groups, with the shape, an invented value and what is left of it."""
    ring = ring_of(current_settings())
    found = []
    for one in types().values():
        shape, value = policy.shape(one.id), specimen(one.id)
        left = OPERATORS["partial"].apply(value, Use(ring, "operations", shape))
        found.append((one, policy.shapes.get(one.id), value, left))
    return found
