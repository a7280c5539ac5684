"""Running text of a file: passages in their order, each knowing where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from detectors.discovery.sources.base import Sampling


class Place(StrEnum):
    """Where a passage stands; marks of state secrets are put at the margins and at the start."""

    BODY = "body"
    START = "start"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a page, a block of lines; never kept."""

    text: str
    place: Place = Place.BODY


@dataclass(slots=True)
class Prose:
    """A document being read: ``rows`` (lines, paragraphs or pages) and ``notes`` are right at its end."""

    passages: Iterator[Passage]
    rows: int = 0
    estimated: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of running text, named after its path; ``read`` gives its passages."""

    name: str
    read: Callable[[Sampling], Prose]
    path: str = ""
    notes: tuple[str, ...] = ()
