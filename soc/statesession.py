"""Sessions that say for whom they act, to the database too, anew in each transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from soc.acting import Acting, SystemPath

_ACTING = "acting"
_TELL = text(
    "SELECT set_config('guanlan.org', :org, true), set_config('guanlan.path', :path, true),"
    " set_config('guanlan.lines', :lines, true)"
)


class StateSession(Session):
    """A session of the state database; listeners of the guard hear this class alone."""


def acting_of(session: Session) -> Acting | None:
    """Return for whom a session acts; None where nobody was named."""
    found = session.info.get(_ACTING)
    return found if isinstance(found, Acting) else None


def act_as(session: Session, acting: Acting) -> None:
    """Let a session act for somebody from here on; what it read for another is read anew."""
    session.flush()
    session.info[_ACTING] = acting
    session.expire_all()
    tell(session.connection(), acting)


@contextmanager
def acting_as(session: Session, path: SystemPath) -> Iterator[None]:
    """Let a session act for the installation for one named purpose; what it changes meanwhile is flushed."""
    session.flush()
    before = acting_of(session)
    act_as(session, Acting.system(path))
    try:
        yield
        session.flush()
    finally:
        session.info[_ACTING] = before
        if session.is_active:
            tell(session.connection(), before)


def tell(connection: Connection, acting: Acting | None) -> None:
    """Tell PostgreSQL's policies for whom the running transaction acts; its end forgets it."""
    if connection.dialect.name == "postgresql":
        told = acting.settings() if acting is not None else dict.fromkeys(("org", "path", "lines"), "")
        connection.execute(_TELL, told)


@event.listens_for(StateSession, "after_begin")
def _tell_at_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    acting = acting_of(session)
    if acting is not None and not transaction.nested:
        tell(connection, acting)
