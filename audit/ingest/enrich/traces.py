"""Which web user and interface a trace belongs to: kept from web logs for a while, so that its statements find them.

A trace that two users came under is nobody's: one of them sent another's. So it is of no interface where it came by two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from soc.clock import now
from soc.db import Database, Identified, Model
from soc.ledger.routes import route_of
from soc.tiers.models import Scoped

#: a statement comes within the request that it belongs to; logs come later
KEPT = timedelta(hours=6)
#: traces looked up with one question: an engine takes only so many values
_AT_ONCE = 500
_OF_TWO = ""
#: OCSF's HTTP Activity
_WEB = 4002
_REFUSED = 400
_IN_RECORD = r"(?i)(?:\b[0-9a-f]{2}-|\btrace[_.-]?id\\?[\"']?\s*[:=]\s*\\?[\"']?)([0-9a-f]{32})\b"


class AskedTrace(Scoped, Identified, Model):
    """A trace, the account that a web server knew its request by, and the interface: None unknown, empty where two."""

    __tablename__ = "asked_traces"
    __table_args__ = (UniqueConstraint("org", "trace"),)
    trace: Mapped[str]
    account: Mapped[str | None]
    route: Mapped[str | None]
    noted_at: Mapped[datetime] = mapped_column(index=True)


#: traces kept of one batch's requests of an interface whose user nobody knows: a few tell what it reads
_MOST_STRANGERS = 50


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of a trace; None unknown or disputed."""

    account: str | None
    route: str | None


_Pair = tuple[set[str], set[str]]
"""Accounts and interfaces that a trace came by."""


@dataclass(frozen=True, slots=True)
class Traces:
    """The traces of one organisation's web logs."""

    database: Database
    org: str

    def take_in(self, frame: pl.DataFrame, persons: Iterable[str]) -> None:
        """Note the traces of web requests: whose, if their user is among ``persons``, and of which interface.

        Requests that were refused prove nothing.
        """
        web = frame.filter((pl.col("class_uid") == _WEB) & (pl.col("http_response.code").fill_null(0) < _REFUSED))
        if web.is_empty():
            return
        user = pl.col("actor.user.name")
        asked = web.select(
            pl.col("raw").str.extract(_IN_RECORD).str.to_lowercase().alias("trace"),
            pl.when(user.is_in(list(persons))).then(user).alias("account"),
            pl.col("http_request.http_method").alias("method"),
            pl.col("http_request.url.path").alias("path"),
        )
        told = _told(asked.filter(pl.col("trace").is_not_null()).unique(maintain_order=True))
        if told:
            with self.database.write() as session:
                _note(session, self.org, told)

    def of(self, traces: Iterable[str]) -> Mapping[str, Traced]:
        """Return what is known of traces, where it is exactly one account or one interface."""
        wanted = sorted(set(traces))
        if not wanted:
            return {}
        with self.database.read() as session:
            held = _held(session, self.org, wanted)
            return {one.trace: Traced(one.account or None, one.route or None) for one in held}


def _told(asked: pl.DataFrame) -> dict[str, _Pair]:
    told: dict[str, _Pair] = {}
    strangers: dict[str | None, int] = {}
    for trace, account, method, path in asked.iter_rows():
        route = route_of(method, path)
        if account is None and trace not in told:
            strangers[route] = strangers.get(route, 0) + 1
            if route is None or strangers[route] > _MOST_STRANGERS:
                continue
        accounts, routes = told.setdefault(trace, (set(), set()))
        accounts.update([account] if account else [])
        routes.update([route] if route else [])
    return told


def _held(session: Session, org: str, traces: list[str]) -> list[AskedTrace]:
    mine = AskedTrace.org == org
    return [
        one
        for first in range(0, len(traces), _AT_ONCE)
        for one in session.scalars(
            select(AskedTrace).where(mine, AskedTrace.trace.in_(traces[first : first + _AT_ONCE]))
        )
    ]


def _note(session: Session, org: str, told: Mapping[str, _Pair]) -> None:
    at = now()
    session.execute(delete(AskedTrace).where(AskedTrace.org == org, AskedTrace.noted_at < at - KEPT))
    held = {one.trace: one for one in _held(session, org, sorted(told))}
    for trace, (accounts, routes) in told.items():
        known = held.get(trace)
        account, route = _only(None, accounts), _only(None, routes)
        if known is None:
            session.add(AskedTrace(org=org, trace=trace, account=account, route=route, noted_at=at))
        else:
            known.account, known.route = _only(known.account, accounts), _only(known.route, routes)


def _only(known: str | None, more: set[str]) -> str | None:
    """The one there is; None where there is none yet, the sign of two where there are more."""
    found = more if known is None else more | {known}
    return None if not found else next(iter(found)) if len(found) == 1 else _OF_TWO
