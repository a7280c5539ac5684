"""Locking a database account: ``ALTER ROLE … NOLOGIN`` on a registered PostgreSQL source, and back.

Open sessions of the account are ended, since a role without login keeps those it has. What was
taken away is given back by ``unlock_account``; nothing else of the role is touched.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from detectors.discovery.sources.guard import checked
from detectors.discovery.sources.pinning import pin
from incidents.cases.models import Incident
from incidents.cases.timeline import tell
from playbooks.actions.result import Result, failed
from playbooks.actions.sources import source_named
from playbooks.actions.verbs import Order
from soc.clock import now
from soc.db import Database
from soc.identity.actors import job_actor
from soc.ledger.models import Source
from soc.ledger.sources import url_of
from soc.text import Message
from soc.trail import Act, Subject, record

#: seconds to connect, and to wait for a lock on the role
_TIMEOUT = 5


def lock(database: Database, order: Order) -> Result:
    """Take an account's right to log in, and end its sessions."""
    return _alter(database, order, can_login=False)


def unlock(database: Database, order: Order) -> Result:
    """Give an account its right to log in back."""
    return _alter(database, order, can_login=True)


def _alter(database: Database, order: Order, *, can_login: bool) -> Result:
    account = order.need("account")
    with database.read() as session:
        source = source_named(session, order.org, order.need("source"))
        url = url_of(database.settings, source)
    if source.kind != "postgresql":
        return failed("playbooks.lock.no_accounts", source=source.name, kind=source.kind)
    try:
        ended = _on_the_source(url, account, can_login=can_login)
    except SQLAlchemyError as error:
        return failed("playbooks.lock.failed", source=source.name, reason=type(error).__name__)
    if isinstance(ended, Result):
        return ended
    _tell(database, order, source, account, None if can_login else ended)
    outcome = {"source": source.name, "account": account, "can_login": can_login, "sessions_ended": ended}
    return Result(
        ok=True,
        outcome=outcome,
        results={"__sessions_ended__": str(ended), "__locked__": "false" if can_login else "true"},
    )


def _on_the_source(url: str, account: str, *, can_login: bool) -> int | Result:
    with _connected(url) as connection:
        found = connection.execute(
            text("SELECT rolsuper, rolname = current_user AS mine FROM pg_roles WHERE rolname = :name"),
            {"name": account},
        ).one_or_none()
        if found is None:
            return failed("playbooks.lock.unknown", account=account)
        if not can_login and (found.rolsuper or found.mine):
            # locking these would lock out whoever has to undo it
            return failed("playbooks.lock.protected", account=account)
        quoted = connection.dialect.identifier_preparer.quote_identifier(account)
        # a role cannot be a bound parameter; a colon in its name must not look like one
        role = quoted.replace(":", r"\:")
        connection.execute(text(f"ALTER ROLE {role} {'LOGIN' if can_login else 'NOLOGIN'}"))
        if can_login:
            return 0
        ended = connection.execute(
            text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = :name"),
            {"name": account},
        )
        return int(ended.scalar_one())


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    options = f"-c lock_timeout={_TIMEOUT}s -c statement_timeout={_TIMEOUT}s"
    engine = pin(create_engine(checked(url), connect_args={"connect_timeout": _TIMEOUT, "options": options}))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _tell(database: Database, order: Order, source: Source, account: str, ended: int | None) -> None:
    """Write it into the trail and onto the timeline; ``ended`` counts the sessions, None for an unlock."""
    with database.write() as session:
        act = Act.ACCOUNT_UNLOCKED if ended is None else Act.ACCOUNT_LOCKED
        subject = Subject("sources", str(source.id), source.org)
        after = {"account": account, "source": source.name, "run": str(order.run_id)}
        actor = job_actor(session, "playbooks")
        record(session, actor, act, subject, after=after)
        incident = session.get(Incident, order.incident_id) if order.incident_id else None
        if incident is not None:
            told = {"account": account, "source": source.name}
            text = Message("playbooks.timeline.unlocked", told)
            if ended is not None:
                text = Message("playbooks.timeline.locked", {**told, "sessions": ended})
            tell(session, incident, actor.name, text, at=now())
