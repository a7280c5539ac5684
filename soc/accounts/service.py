"""Mapping accounts to persons and posts, and saying which of them an application works under."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.accounts.models import Account
from soc.clock import now
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.tiers.scope import in_scope, within
from soc.trail import Act, Subject, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

#: characters of a name of an account or an application
LONGEST = 128


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """What is known of one account."""

    org: str
    name: str
    post: str
    person: str | None = None
    is_service: bool = False


@dataclass(frozen=True, slots=True)
class ServiceMark:
    """Whether an application works under an account, and what it is called."""

    org: str
    name: str
    is_service: bool
    application: str = ""


def map_accounts(session: Session, actor: Actor, entries: "Iterable[AccountEntry]") -> int:
    """Add accounts or change what is known of them; one entry of the trail for all. Returns how many."""
    held = {(one.org, one.name): one for one in session.scalars(select(Account))}
    count, at = 0, now()
    for entry in entries:
        account = held.get((entry.org, entry.name))
        if account is None:
            account = Account(org=entry.org, name=entry.name)
            session.add(account)
        account.person, account.post, account.is_service = entry.person, entry.post, entry.is_service
        account.changed_at = at
        count += 1
    if count:
        session.flush()
        record(session, actor, Act.ACCOUNT_MAPPED, Subject("accounts", "", actor.org), after={"count": count})
    return count


def mark_service(session: Session, actor: Actor, mark: ServiceMark) -> Account:
    """Say that an application works under an account, or that none does; a name not known yet is entered.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        InputError: a name is empty or too long.
    """
    if not in_scope(session, actor, mark.org):
        raise NotFoundError("errors.organisation_unknown")
    name, application = mark.name.strip(), mark.application.strip() if mark.is_service else ""
    if not name or max(len(name), len(application)) > LONGEST:
        raise InputError("accounts.error.name", most=LONGEST)
    account = account_named(session, actor, mark.org, name)
    if account is None:
        account = Account(org=mark.org, name=name, post="", is_service=False, application="")
        session.add(account)
    before = {"service": account.is_service, "application": account.application}
    account.is_service, account.application, account.changed_at = mark.is_service, application, now()
    session.flush()
    after = {"service": mark.is_service, "application": application}
    record(session, actor, Act.ACCOUNT_MARKED, account, before=before, after=after)
    return account


def account_named(session: Session, actor: Actor, org: str, name: str) -> Account | None:
    """Return an account within the actor's scope; None where nobody entered it."""
    return session.scalar(within(actor, Account).where(Account.org == org, Account.name == name))


def service_accounts(session: Session, actor: Actor) -> list[ServiceMark]:
    """Return the accounts within the actor's scope that applications work under, by organisation and name."""
    rows = session.scalars(within(actor, Account).where(Account.is_service).order_by(Account.org, Account.name))
    return [ServiceMark(one.org, one.name, one.is_service, one.application) for one in rows]


def account_frame(session: Session) -> "pl.DataFrame":
    """Return every account: ``org``, ``name``, ``person``, ``post``, ``service``; nobody is behind a service account."""
    import polars as pl

    rows = session.execute(select(Account.org, Account.name, Account.person, Account.post, Account.is_service)).all()
    schema = {**dict.fromkeys(("org", "name", "person", "post"), pl.String()), "service": pl.Boolean()}
    frame = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    return frame.with_columns(pl.when(~pl.col("service")).then("person").alias("person"))


def freshness(session: Session) -> tuple[int, datetime | None]:
    """Return a mark that changes when accounts are added, or something else is said of one."""
    count, at = session.execute(select(func.count(Account.id), func.max(Account.changed_at))).one()
    return count, at


def as_json(mark: ServiceMark) -> dict[str, object]:
    """Return what the command prints of a service account."""
    return asdict(mark)
