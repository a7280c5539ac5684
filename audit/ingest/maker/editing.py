"""The editor's form: a format as its fields, its table of choices and its text say it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from audit.ingest.maker.mapping import MOST_FIELDS, with_choices
from audit.ingest.maker.pasted import Pasted, pasted
from audit.ingest.maker.toml_text import LARGEST, read
from soc.errors import InputError
from soc.web.context import current_settings
from soc.web.forms import parse_form

#: parts that the form reads itself: lists side by side, and lines as they are
_OWN_WAY = ("lines", "field", "to")
_LONGEST_CHOICE = 200


@dataclass(frozen=True, slots=True)
class FormatForm:
    """What the format is called, its class, and its declaration as text."""

    id: str = field(default="", metadata={"longest": 100})
    zh: str = field(default="", metadata={"longest": 200})
    en: str = field(default="", metadata={"longest": 200})
    class_uid: int | None = None
    text: str = field(default="", metadata={"longest": LARGEST})


@dataclass(frozen=True, slots=True)
class Edited:
    """What came in: the form, the choices and the lines; the lines go no further than the answer."""

    form: FormatForm
    choices: Sequence[tuple[str, str]]
    lines: Pasted

    def named(self) -> dict[str, str]:
        """What the format is called, as typed."""
        return {"id": self.form.id, "zh": self.form.zh, "en": self.form.en}

    def table(self) -> dict[str, Any]:
        """The format that is said.

        Raises:
            TomlError: its text cannot be read.
            YamlError: it says what no store keeps.
        """
        told = with_choices(read(self.form.text), self.choices)
        said = {key: value for key, value in self.named().items() if value}
        return with_class({**told, **said}, self.form.class_uid)


def with_class(table: Mapping[str, Any], class_uid: int | None) -> dict[str, Any]:
    """Put the chosen class into a format; None leaves it as it is."""
    given = table.get("set", {})
    if class_uid is None or not isinstance(given, dict):
        return dict(table)
    return {**table, "set": {**given, "class_uid": class_uid}}


def read_editor() -> Edited:
    """Read the request's form.

    Raises:
        FormError: a field is unknown or no such value.
        InputError: there are too many lines, or the choices do not stand side by side.
    """
    plain = MultiDict((name, value) for name, value in request.form.items(multi=True) if name not in _OWN_WAY)
    form = parse_form(FormatForm, plain, current_settings().timezone)
    names, to = request.form.getlist("field"), request.form.getlist("to")
    if len(names) != len(to) or len(names) > MOST_FIELDS or any(len(one) > _LONGEST_CHOICE for one in (*names, *to)):
        raise InputError("maker.error.choices")
    choices = [(name, attribute.strip()) for name, attribute in zip(names, to, strict=True) if name]
    return Edited(form, choices, pasted(request.form.get("lines", "")))
