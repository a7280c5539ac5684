"""How far an index is read, in what survives a process: the snapshot at hand, the place in it, and the window kept for late ones.

All times are milliseconds since 1970. ``floor`` is where the kept ids begin: nothing below it is ever asked for
again, so nothing that was forgotten can come twice. A time in the future moves neither the floor nor the start.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

#: behind the newest document; what is being indexed at this moment shows up within a refresh
LIGHT = 30_000
#: a full look into the window is taken once in this share of it, so a light look costs little
_DEEP_SHARE = 4
_MOST_ROWS = 2000
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an index is read."""

    snapshot: str = ""
    flavour: str = ""
    tie: str | None = "_shard_doc"
    after: tuple[Any, ...] | None = None
    #: where this pass began, and when
    since: int | None = None
    opened: int = 0
    #: the newest document of this pass; of all
    reached: int | None = None
    newest: int | None = None
    floor: int | None = None
    #: where to begin again after the snapshot was lost
    again: int | None = None
    deep_at: int = 0
    rows: int = field(default_factory=lambda: _MOST_ROWS)
    #: the latest documents that were passed over: index, id, reason
    passed: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Read what :meth:`stored` gave."""
        told = dict(stored)
        told["after"] = tuple(told["after"]) if told.get("after") is not None else None
        told["passed"] = tuple(tuple(one) for one in told.get("passed", ()))
        return cls(**told)

    def stored(self) -> dict[str, Any]:
        """Return it as a document."""
        return asdict(self)

    def begun(self, snapshot: str, flavour: str, first: int | None, overlap: int, at: int) -> Self:
        """Begin a pass; ``first`` is where the very first one begins."""
        deep = at - self.deep_at >= overlap // _DEEP_SHARE
        since, deep_at = self._start(first, deep=deep), self.deep_at
        if self.again is None and deep:
            deep_at = at
        return replace(
            self, snapshot=snapshot, flavour=flavour, after=None, since=since, opened=at, reached=None, again=None,
            deep_at=deep_at,
        )  # fmt: skip

    def _start(self, first: int | None, *, deep: bool) -> int | None:
        if self.again is not None:
            return _later(self.floor, self.again)
        if self.floor is None or deep or self.newest is None:
            return first if self.floor is None else self.floor
        return _later(self.floor, min(self.newest, self.opened) - LIGHT)

    def moved(self, after: tuple[Any, ...], newest: int, snapshot: str, overlap: int) -> Self:
        """Move behind a page."""
        reached = _later(self.reached, newest)
        assert reached is not None
        floor = _later(self.floor, min(reached, self.opened) - overlap - overlap // _DEEP_SHARE)
        return replace(
            self, after=after, reached=reached, newest=_later(self.newest, reached), floor=floor, snapshot=snapshot,
            rows=min(_MOST_ROWS, self.rows * 2),
        )  # fmt: skip

    def ended(self) -> Self:
        """The pass came to the end of its snapshot."""
        return replace(self, snapshot="", after=None)

    def lost(self, overlap: int) -> Self:
        """The snapshot is gone: what it had beyond its own newest may still come late."""
        again = self.since if self.reached is None else min(self.reached, self.opened - overlap)
        if self.floor is not None and again is None:
            again = self.floor
        return replace(self, snapshot="", after=None, again=again, deep_at=0)

    def smaller(self) -> Self:
        """Ask for fewer documents at once."""
        return replace(self, rows=max(1, self.rows // 4))

    def passing(self, index: str, name: str, reason: str) -> Self:
        """Remember a document that is passed over."""
        return replace(self, passed=(*self.passed, (index[:200], name[:200], reason))[-_NAMED:])


def _later(one: int | None, other: int) -> int:
    return other if one is None else max(one, other)
