"""Which web user a trace belongs to: kept from web logs for a while, so that statements of the trace find them.

A trace that two users came under is nobody's: one of them sent another's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from soc.clock import now
from soc.db import Database, Identified, Model
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
    """A trace, and the account that a web server knew its request by; empty where there were two."""

    __tablename__ = "asked_traces"
    __table_args__ = (UniqueConstraint("org", "trace"),)
    trace: Mapped[str]
    account: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Traces:
    """The traces of one organisation's web logs."""

    database: Database
    org: str

    def take_in(self, frame: pl.DataFrame, persons: Iterable[str]) -> None:
        """Note the traces of web requests whose user is among ``persons``; those that were refused prove nobody."""
        web = frame.filter(
            (pl.col("class_uid") == _WEB)
            & pl.col("actor.user.name").is_in(list(persons))
            & (pl.col("http_response.code").fill_null(0) < _REFUSED)
        )
        if web.is_empty():
            return
        pairs = web.select(pl.col("raw").str.extract(_IN_RECORD).str.to_lowercase(), "actor.user.name").drop_nulls()
        told: dict[str, set[str]] = {}
        for trace, account in pairs.unique().iter_rows():
            told.setdefault(trace, set()).add(account)
        if told:
            with self.database.write() as session:
                _note(session, self.org, told)

    def users_of(self, traces: Iterable[str]) -> Mapping[str, str]:
        """Return trace → account of those that belong to exactly one."""
        wanted = sorted(set(traces))
        if not wanted:
            return {}
        with self.database.read() as session:
            return {one.trace: one.account for one in _held(session, self.org, wanted) if one.account != _OF_TWO}


def _held(session: Session, org: str, traces: list[str]) -> list[AskedTrace]:
    mine = AskedTrace.org == org
    return [
        one
        for first in range(0, len(traces), _AT_ONCE)
        for one in session.scalars(
            select(AskedTrace).where(mine, AskedTrace.trace.in_(traces[first : first + _AT_ONCE]))
        )
    ]


def _note(session: Session, org: str, told: Mapping[str, set[str]]) -> None:
    at = now()
    session.execute(delete(AskedTrace).where(AskedTrace.org == org, AskedTrace.noted_at < at - KEPT))
    held = {one.trace: one for one in _held(session, org, sorted(told))}
    for trace, accounts in told.items():
        known = held.get(trace)
        account = next(iter(accounts)) if len(accounts) == 1 else _OF_TWO
        if known is None:
            session.add(AskedTrace(org=org, trace=trace, account=account, noted_at=at))
        elif known.account != account:
            known.account = _OF_TWO
