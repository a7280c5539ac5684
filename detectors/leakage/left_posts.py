"""Data of a post that one has left: after a move one still reads what the new colleagues do not.

A move keeps old rights alive until somebody takes them away. What was read in the old post and is read by hardly anybody in
the new one is work left behind: for a week it is handed over, afterwards it is nobody's task. Where many moved together
and go on reading, they are each other's colleagues and it is the new post's work.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from detectors.behaviour.facts import EntityDay, EntityKey
from detectors.findings import NewFinding
from detectors.leakage.slow import RECENT, SlowLeak, by_entity, finding_of, summed
from soc.text import Message

#: what is left behind is handed over in so long, and the old post was held on so many days
_HANDOVER, _LEAST_HELD = timedelta(days=7), 10
#: a table that fewer of the new colleagues read is not the new post's
_FEW_COLLEAGUES, _LEAST_COLLEAGUES = 0.05, 8
#: on so many days of two weeks, and so much in all (weighted): fifty grave rows
_LEAST_DAYS, _LEAST_WEIGHT = 4, 100.0


@dataclass(frozen=True)
class LeftPost(SlowLeak):
    """A person who still reads the data of ``post``, from ``tables``; ``weight`` of it, weighted."""

    post: str
    tables: tuple[str, ...]
    weight: float

    @property
    def score(self) -> int:
        """From 55 at the least that is told of to 75, by days and by how much."""
        return round(min(75.0, 55 + 2 * (self.active_days - _LEAST_DAYS) + 4 * (self.weight / _LEAST_WEIGHT - 1)))

    def told(self, log_org: str) -> NewFinding:
        """Which tables, on how many days, and whose work they are."""
        account, named = self.day.key.account, "、".join(self.tables[:5])
        return finding_of(
            self,
            log_org,
            name="left_post",
            title=Message("behaviour.left_post_title", {"account": account, "post": self.post}),
            reasons=(
                Message("behaviour.reason.left_post", {"days": self.active_days, "tables": named}),
                Message("behaviour.reason.left_post_peers", {"post": self.day.key.post}),
            ),
            query=self.query,
        )


@dataclass(frozen=True)
class _Move:
    """Since when somebody has another post, which one was left, and the tables that were read in it."""

    since: date
    left: str
    tables: frozenset[str]


def left_posts(days: Sequence[EntityDay], day: date) -> list[LeftPost]:
    """Find who reads a former post's data up to and with ``day`` among the days kept."""
    known = [one for one in days if one.day <= day and not one.key.service]
    moves = _moves(known)
    lately = [one for one in known if one.day > day - RECENT]
    readers = _Readers.of(lately)
    mine = by_entity(one for one in lately if one.key.reference in moves)
    found = (_still_there(moves[name], its, readers) for name, its in mine.items())
    return [one for one in found if one is not None]


def _moves(days: Sequence[EntityDay]) -> dict[str, _Move]:
    """Find who changed posts, by reference; of several moves the last."""
    posts: dict[str, set[str]] = {}
    for one in days:
        posts.setdefault(one.key.reference, set()).add(one.key.post)
    its = by_entity(one for one in days if len(posts[one.key.reference]) > 1)
    return {name: move for name, mine in its.items() if (move := _move(mine)) is not None}


def _move(days: Sequence[EntityDay]) -> _Move | None:
    """Return the last change of somebody's post, where the one before was held long enough to know its work."""
    post = days[-1].key.post
    begun = len(days) - len(list(takewhile(lambda one: one.key.post == post, reversed(days))))
    before = days[:begun]
    if len(before) < _LEAST_HELD:
        return None
    tables = frozenset(table for one in before for table in one.facts.tables)
    return _Move(days[begun].day, before[-1].key.post, tables)


@dataclass(frozen=True)
class _Readers:
    """How many of each post read each table, and how many there are; the same of those of one organisation."""

    of_post: Counter[tuple[str, str]]
    of_office: Counter[tuple[str, str, str]]
    staff: Counter[str]

    @classmethod
    def of(cls, days: Sequence[EntityDay]) -> "_Readers":
        read = {(one.key.reference, one.key.post, one.key.org, table) for one in days for table in one.facts.tables}
        there = {(one.key.reference, one.key.post) for one in days}
        return cls(
            Counter((post, table) for _, post, _, table in read),
            Counter((post, org, table) for _, post, org, table in read),
            Counter(post for _, post in there),
        )

    def nobody_elses(self, table: str, key: EntityKey) -> bool:
        """Whether none of the same post and office reads a table, and hardly anybody of the post, but the one asked for."""
        few = 1 + _FEW_COLLEAGUES * self.staff[key.post]
        return self.of_office[key.post, key.org, table] <= 1 and self.of_post[key.post, table] <= few


def _still_there(move: _Move, lately: Sequence[EntityDay], readers: _Readers) -> LeftPost | None:
    """Tell of somebody's days after the hand-over; too few new colleagues tell nothing of what they read."""
    key = lately[-1].key
    if readers.staff[key.post] <= _LEAST_COLLEAGUES:
        return None
    after = [one for one in lately if one.day >= move.since + _HANDOVER]
    left = frozenset(table for table in move.tables if readers.nobody_elses(table, key))
    weights = [sum(one.facts.tables.get(table, 0.0) for table in left) for one in after]
    active, weight = sum(one > 0 for one in weights), sum(weights)
    if active < _LEAST_DAYS or weight < _LEAST_WEIGHT:
        return None
    tables = {table for one in after for table in left & one.facts.tables.keys()}
    return LeftPost(lately[-1], summed(lately), active, 0.0, 0.0, move.left, tuple(sorted(tables)), weight)
