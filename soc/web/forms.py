"""A form read into a frozen dataclass: its fields and their types say what may come.

Unknown fields are refused, so that no server-owned field can be slipped in. ``field(metadata=…)``
may narrow: ``longest`` (characters), ``least`` and ``most`` (numbers), ``choices`` (a set of texts).
"""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.datastructures import MultiDict

from soc.errors import InputError
from soc.text import Message
from soc.web.context import current_settings
from soc.web.csrf import FIELD

T = TypeVar("T")
LONGEST = 5000
#: fields of every form of ours that no dataclass names
_OURS = frozenset({FIELD})


class FormError(InputError):
    """A form that cannot be used; ``problems`` says why, field by field."""

    def __init__(self, problems: Mapping[str, Message]) -> None:
        """Name the fields and what is wrong with each."""
        super().__init__("errors.form")
        self.problems = problems

    def texts(self) -> dict[str, str]:
        """Return the words for each field, in the reader's language."""
        return {name: message.render() for name, message in self.problems.items()}


class _WrongError(Exception):
    def __init__(self, key: str, **params: object) -> None:
        self.message = Message(key, params)


def read_form(form: type[T]) -> T:
    """Read the request's form into ``form``.

    Raises:
        FormError: a field is unknown, missing or no such value.
    """
    return parse_form(form, request.form, current_settings().timezone)


def parse_form(form: type[T], given: "MultiDict[str, str]", zone: ZoneInfo) -> T:
    """Read what was ``given``; local times are of ``zone``. Raises as :func:`read_form`."""
    wanted = {one.name: one for one in fields(form)}  # type: ignore[arg-type]
    hints = get_type_hints(form)
    problems = {name: Message("web.form.unknown_field") for name in given if name not in wanted.keys() | _OURS}
    values: dict[str, object] = {}
    for name, one in wanted.items():
        try:
            values[name] = _value(one, hints[name], given.getlist(name), zone)
        except _WrongError as wrong:
            problems[name] = wrong.message
    if problems:
        raise FormError(problems)
    return form(**values)


def _value(one: Field[Any], kind: Any, given: list[str], zone: ZoneInfo) -> object:
    if get_origin(kind) in {list, tuple, frozenset}:
        inner = get_args(kind)[0]
        return get_origin(kind)(_one(one, inner, text.strip(), zone) for text in given if text.strip())
    kind, optional = _without_none(kind)
    if kind is bool:
        return bool(given) and given[-1] not in {"", "0", "false", "no"}
    if len(given) > 1:
        raise _WrongError("web.form.twice")
    text = given[0].replace("\r\n", "\n").strip() if given else ""
    if text:
        return _one(one, kind, text, zone)
    return _absent(one, optional=optional)


def _absent(one: Field[Any], *, optional: bool) -> object:
    if one.default is not MISSING:
        return one.default
    if one.default_factory is not MISSING:
        return one.default_factory()
    if optional:
        return None
    raise _WrongError("web.form.missing")


def _one(one: Field[Any], kind: Any, text: str, zone: ZoneInfo) -> object:
    longest = int(one.metadata.get("longest", LONGEST))
    if len(text) > longest:
        raise _WrongError("web.form.too_long", longest=longest)
    if any(ord(c) < 32 and c not in "\n\t" for c in text) or "\x7f" in text:
        raise _WrongError("web.form.control")
    value = _converted(kind, text, zone)
    _check_range(one, value)
    return value


def _converted(kind: Any, text: str, zone: ZoneInfo) -> object:
    try:
        if kind is datetime:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        if kind is date:
            return date.fromisoformat(text)
        if isinstance(kind, type) and issubclass(kind, Enum | UUID | int | float):
            return kind(text)
    except (ValueError, OverflowError):
        raise _WrongError(_WRONG.get(kind, "web.form.choice")) from None
    return text


_WRONG = {int: "web.form.number", float: "web.form.number", datetime: "web.form.time", date: "web.form.date"}


def _check_range(one: Field[Any], value: object) -> None:
    choices = one.metadata.get("choices")
    if choices is not None and value not in choices:
        raise _WrongError("web.form.choice")
    if isinstance(value, int | float):
        least, most = one.metadata.get("least"), one.metadata.get("most")
        if math.isnan(value) or (least is not None and value < least) or (most is not None and value > most):
            raise _WrongError("web.form.range", least=least if least is not None else "−∞", most=most or "∞")


def _without_none(kind: Any) -> tuple[Any, bool]:
    if get_origin(kind) in {Union, types.UnionType}:
        inner = [one for one in get_args(kind) if one is not type(None)]
        return inner[0], len(inner) < len(get_args(kind))
    return kind, False
