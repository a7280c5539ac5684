"""Who really asked, where an application works under one account: read from what its statements carry.

A claim names somebody only if the register knows them, and it never takes the account's place: both stand in
the event, with the basis and a confidence. Whoever has the application's password can write any comment, and
what two signs say differently is nobody's (docs/decisions/028).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, partial

import polars as pl

from audit.ingest.enrich.claims import LONGEST_NAME, Said, application_says, commented, comments_say
from audit.ingest.enrich.shapes import MYSQL_LOGS
from audit.ingest.enrich.traces import Traced, Traces
from soc.masking.quick import mask_text


class Basis(StrEnum):
    """What tells who asked."""

    TRACE = "trace"
    COMMENT = "comment"
    APPLICATION_NAME = "application_name"


#: percent: the web server knew the user of a trace by itself; a comment is written anew for each statement; the name
#: of a pooled connection may be the last user's still
CONFIDENCE: Mapping[Basis, int] = {Basis.TRACE: 95, Basis.COMMENT: 80, Basis.APPLICATION_NAME: 70}
#: where signs name two people, or one key has two values; and where nobody known is named
DISPUTED, UNKNOWN = 30, 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is said to have asked: an account of the register, or a claim that names nobody known."""

    by: str
    basis: Basis
    confidence: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What is said of one statement: who asked, and through which interface."""

    asked: Asked | None
    through: str | None


@dataclass(frozen=True, slots=True)
class Register:
    """Who can have asked: names of accounts and of persons, each to the account; service accounts ask nothing."""

    services: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: pl.DataFrame) -> "Register":
        """Read the register that :meth:`Lookups.accounts_of` gives."""
        services = accounts.filter(pl.col("service"))["name"].to_list()
        if not services:
            return cls()
        others = accounts.filter(~pl.col("service")).sort("name", descending=True)
        known = {person: name for name, person in others.select("name", "person").iter_rows() if person}
        return cls(frozenset(services), known | {name: name for name in others["name"]})


def with_askers(frame: pl.DataFrame, register: Register, traces: Traces) -> pl.DataFrame:
    """Add who asked to the statements of service accounts; the statements must not be masked yet."""
    if not register.services:
        return frame
    traces.take_in(frame, set(register.known.values()))
    if frame["query_info.query_string"].null_count() == frame.height:
        return frame
    theirs = pl.col("actor.user.name").is_in(list(register.services)) & pl.col("query_info.query_string").is_not_null()
    rows = frame.select(theirs.fill_null(value=False)).to_series().arg_true()
    if not len(rows):
        return frame
    found = list(_found(frame[rows], register, traces))
    return frame.with_columns(
        _spread(frame, rows, name, [None if one.asked is None else value(one.asked) for one in found])
        for name, value in _COLUMNS.items()
    ).with_columns(_spread(frame, rows, "guanlan.asked_through", [one.through for one in found]))


_COLUMNS: Mapping[str, Callable[[Asked], object]] = {
    "guanlan.asked_by": lambda one: one.by,
    "guanlan.asked_by_basis": lambda one: one.basis.value,
    "guanlan.asked_by_confidence": lambda one: one.confidence,
}


def _spread(frame: pl.DataFrame, rows: pl.Series, name: str, values: list[object]) -> pl.Series:
    return frame[name].scatter(rows, pl.Series(values, dtype=frame[name].dtype)).alias(name)


def _found(theirs: pl.DataFrame, register: Register, traces: Traces) -> Iterator[Signs]:
    """Weigh the signs of each statement; those that carry the same are weighed once."""
    rows = list(theirs.select(commented(pl.col("query_info.query_string")), *_CARRIED).iter_rows())
    said = {row: _signs(*row) for row in dict.fromkeys(rows)}
    known = traces.of(comments.trace for comments, _ in said.values() if comments.trace is not None)
    weighed = cache(partial(who_asked, register=register))
    told = {
        row: _weigh(weighed, comments, application, known.get(comments.trace or "", _UNTRACED))
        for row, (comments, application) in said.items()
    }
    return (told[row] for row in rows)


_UNTRACED = Traced(None, None)


def _weigh(weighed: Callable[..., Asked | None], comments: Said, application: tuple[str, ...], traced: Traced) -> Signs:
    """What a trace says of the interface goes before what the comment says; where comments say two things it is of none."""
    asked = weighed(replace(comments, trace=None, route=None), application, traced.account)
    return Signs(asked, None if comments.torn else traced.route or comments.route)


_CARRIED = ("actor.app_name", "metadata.log_name")


def _signs(statement: str | None, application: str | None, log_name: str) -> tuple[Said, tuple[str, ...]]:
    return comments_say(statement or "", mysql=log_name in MYSQL_LOGS), application_says(application or "")


def who_asked(comments: Said, application: Iterable[str], traced: str | None, register: Register) -> Asked | None:
    """Weigh the signs of one statement; None where nothing is said."""
    application = [one for one in application if one not in register.services]
    claimed = [one for one in comments.users if one not in register.services]
    by_comment = list(dict.fromkeys(register.known[one] for one in claimed if one in register.known))
    by_application = [register.known[one] for one in application if one in register.known][:1]
    signs = [
        *([(Basis.TRACE, traced)] if traced in register.known else []),
        *((Basis.COMMENT, one) for one in by_comment),
        *((Basis.APPLICATION_NAME, one) for one in by_application),
    ]
    if signs:
        basis, account = signs[0]
        agreed = len({one for _, one in signs}) == 1 and not comments.torn
        return Asked(str(account), basis, CONFIDENCE[basis] if agreed else DISPUTED)
    unknown = [(Basis.COMMENT, one) for one in claimed] + [(Basis.APPLICATION_NAME, one) for one in application[-1:]]
    return next((Asked(mask_text(one)[:LONGEST_NAME], basis, UNKNOWN) for basis, one in unknown), None)
