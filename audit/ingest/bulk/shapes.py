"""As what the documents of an index are read: their own JSON, or a log's line that one of their fields holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from audit.ingest.formats import DECLARED, ParseOptions, find_format
from audit.ingest.formats.declaration import declared_here
from audit.ingest.formats.own import edition, own_named
from audit.ingest.guess import SAMPLE, guess_format
from audit.ingest.receive.allowance import Guesses
from audit.ingest.receive.heads import one_record
from audit.ingest.receive.sorting import AUTO

#: where shippers put the line they read, first found first
_LINE_FIELDS = ("message", "log", "event.original", "MESSAGE", "msg")
#: modules whose records are JSON
_JSON_MODULES = frozenset({"ocsf", "postgresql_json"})
#: fields that say which log a document is from
_TAGS = ("tag", "program", "ident", "service.name", "event.dataset", "log.file.path", "container_name", "source_type")
#: what is tried where nothing is told: documents with a time and a message
_OTHERWISE = "shipper_json"
_MOST_LOOKS = 1000


@dataclass(frozen=True, slots=True)
class Shape:
    """A log format, and the field that holds its lines; None where the document is the record."""

    format: str
    field: str | None = None

    def record(self, document: bytes) -> bytes:
        """Return the document as one record of the format."""
        if self.field is None:
            return document
        text = _at(orjson.loads(document), self.field)
        return one_record(text.encode("utf-8", "replace").strip(b"\n")) if isinstance(text, str) else document


class Shapes:
    """Remembers what was told of the documents that look alike in an index: one index may hold many logs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._guesses = Guesses[Shape](_MOST_LOOKS)

    def sort(self, org: str, index: str, pipeline: str | None, documents: Sequence[bytes]) -> dict[Shape, list[int]]:
        """Return shape → the places of its documents.

        Raises:
            UnknownFormatError: the pipeline names no format.
        """
        if pipeline not in {None, "", AUTO, "_none"}:
            return {_named(str(pipeline), documents): list(range(len(documents)))}
        alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, one in enumerate(documents):
            alike[edition(), org, index, *_look(orjson.loads(one))].append(place)
        found: defaultdict[Shape, list[int]] = defaultdict(list)
        for look, places in alike.items():
            told = self._guesses.told(look, partial(_guessed, [documents[place] for place in places]))
            found[told or Shape(_OTHERWISE)] += places
        return found


def _look(document: dict[str, Any]) -> tuple[str, ...]:
    """Return by what documents of one log look alike: their fields, and what says where they are from."""
    tags = (_at(document, name) for name in _TAGS)
    return (*sorted(document), "", *(str(tag) for tag in tags if isinstance(tag, str)))


def _named(name: str, documents: Sequence[bytes]) -> Shape:
    find_format(name)
    own = own_named(name)
    told = own.declaration if own else declared_here(name) if name in DECLARED else None
    if name in _JSON_MODULES or (told is not None and told.reader == "json"):
        return Shape(name)
    return Shape(name, _line_field(documents) or _LINE_FIELDS[0])


def _guessed(documents: Sequence[bytes]) -> Shape | None:
    sample = _sample(documents)
    if all("class_uid" in orjson.loads(one) for one in sample):
        return Shape("ocsf")
    field = _line_field(sample)
    if field is not None:
        lines = [Shape("", field).record(one) for one in sample]
        told = guess_format(b"\n".join(lines) + b"\n", ParseOptions())
        if told is not None:
            return Shape(told.name, field)
    told = guess_format(b"\n".join(sample) + b"\n", ParseOptions())
    return Shape(told.name) if told is not None else None


def _sample(documents: Sequence[bytes]) -> list[bytes]:
    found, size = [], 0
    for one in documents:
        found.append(one)
        size += len(one)
        if size > SAMPLE:
            break
    return found


def _line_field(documents: Sequence[bytes]) -> str | None:
    """Return the field in which the first documents have a text."""
    some = [orjson.loads(one) for one in documents[:20]]
    return next((name for name in _LINE_FIELDS if all(isinstance(_at(one, name), str) for one in some)), None)


def _at(document: dict[str, Any], field: str) -> Any:
    if field in document:
        return document[field]
    holder, _, name = field.rpartition(".")
    inner = document.get(holder) if holder else None
    return inner.get(name) if isinstance(inner, dict) else None
