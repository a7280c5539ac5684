"""One piece of personal data in a text, and which of several that overlap stays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of personal data in a text; ``start`` and ``end`` count code points."""

    type: str
    start: int
    end: int
    score: float
    unverified: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The contract's form; a form that no source confirms is marked so."""
        document = {"type": self.type, "start": self.start, "end": self.end, "score": round(self.score, 4)}
        return document | ({"unverified": True} if self.unverified else {})


def resolved(spans: Iterable[Span]) -> list[Span]:
    """Settle overlaps: what is surer stays, then what is longer; the rest goes."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (-round(one.score, 1), one.start - one.end, one.start, one.type)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)
