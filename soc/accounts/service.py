"""Mapping accounts to persons and posts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.accounts.models import Account
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """What is known of one account."""

    org: str
    name: str
    post: str
    person: str | None = None
    is_service: bool = False


def map_accounts(session: Session, actor: Actor, entries: "Iterable[AccountEntry]") -> int:
    """Add accounts or change what is known of them; one entry of the trail for all. Returns how many."""
    held = {(one.org, one.name): one for one in session.scalars(select(Account))}
    count = 0
    for entry in entries:
        account = held.get((entry.org, entry.name))
        if account is None:
            account = Account(org=entry.org, name=entry.name)
            session.add(account)
        account.person, account.post, account.is_service = entry.person, entry.post, entry.is_service
        count += 1
    if count:
        session.flush()
        record(session, actor, Act.ACCOUNT_MAPPED, Subject("accounts", "", actor.org), after={"count": count})
    return count


def account_frame(session: Session) -> "pl.DataFrame":
    """Return every account: ``org``, ``name``, ``person``, ``post``."""
    import polars as pl

    rows = session.execute(select(Account.org, Account.name, Account.person, Account.post)).all()
    schema = dict.fromkeys(("org", "name", "person", "post"), pl.String())
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def freshness(session: Session) -> int:
    """Return a mark that changes when accounts are added."""
    return session.scalar(select(func.count(Account.id))) or 0
