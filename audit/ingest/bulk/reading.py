"""The body of ``_bulk``: a line that says what to do, and for most of them a line with the document."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from soc.errors import InputError

_LONGEST_ID = 512
#: of what is asked for, what is followed by a document
_WITH_DOCUMENT = frozenset({"create", "index", "update"})
_ASKED = _WITH_DOCUMENT | {"delete"}


class BulkBrokenError(InputError):
    """The body is no ``_bulk``: nothing in it can be told apart, so nothing is taken."""

    status = 400


class Why(StrEnum):
    """Why an item is refused, and kept nowhere."""

    ACTION = "bulk.why.action"
    JSON = "bulk.why.json"
    OBJECT = "bulk.why.object"
    ID = "bulk.why.id"
    INDEX = "bulk.why.index"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was asked for; ``document`` is a JSON object on one line."""

    action: str
    index: str
    id: str | None
    pipeline: str | None
    document: bytes = b""
    why_not: Why | None = None


def read_bulk(body: bytes, index: str | None = None, pipeline: str | None = None) -> list[Item]:
    """Return what a body asks for, in its order; ``index`` and ``pipeline`` hold where an item says none.

    Raises:
        BulkBrokenError: a line should say what to do and does not, or the last document is missing.
    """
    lines = iter(body.split(b"\n"))
    items = []
    for number, line in enumerate(lines):
        if line.strip():
            items.append(_item(line, number, lines, index, pipeline))
    return items


def _item(line: bytes, number: int, lines: Any, index: str | None, pipeline: str | None) -> Item:
    action, told = _action(line, number)
    text = b""
    if action in _WITH_DOCUMENT:
        found = next(lines, None)
        if found is None:
            raise BulkBrokenError("bulk.error.no_document", line=number + 1)
        text = found.strip()
    name = str(told.get("_index") or index or "")
    given = told.get("_id")
    item_id = None if given is None else str(given)
    why = _why_not(action, name, item_id, text)
    return Item(action, name, item_id, told.get("pipeline") or pipeline, text if why is None else b"", why)


def _action(line: bytes, number: int) -> tuple[str, dict[str, Any]]:
    try:
        found = orjson.loads(line)
        ((action, told),) = found.items()
    except (ValueError, AttributeError) as error:
        raise BulkBrokenError("bulk.error.action", line=number + 1) from error
    if action not in _ASKED or not isinstance(told, dict):
        raise BulkBrokenError("bulk.error.action", line=number + 1)
    return action, told


def _why_not(action: str, index: str, item_id: str | None, text: bytes) -> Why | None:
    if action not in {"create", "index"}:
        return Why.ACTION
    if not index:
        return Why.INDEX
    if item_id is not None and not 0 < len(item_id.encode("utf-8", "replace")) <= _LONGEST_ID:
        return Why.ID
    try:
        return None if isinstance(orjson.loads(text), dict) else Why.OBJECT
    except orjson.JSONDecodeError:
        return Why.JSON
