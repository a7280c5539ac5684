"""Sources: added, listed, removed. Their addresses carry passwords, so they are sealed and never printed."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.clock import now
from soc.crypto import seal, unseal
from soc.db import new_id
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.ledger.models import Source
from soc.tiers.scope import in_scope, within
from soc.trail import Act, record

PURPOSE = "sources"
#: what is a file, or a bucket of files: no access log knows it by the name of a database
_FILES = frozenset({"sqlite", "s3"})


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to add; ``url`` is a database's SQLAlchemy URL or a path of files."""

    name: str
    url: str
    org: str


class SourceTakenError(ConflictError):
    """The organisation has a source of this name."""


class SourceUnknownError(NotFoundError):
    """No source of this name in the actor's scope."""


def is_url(text: str) -> bool:
    """Whether ``text`` is a URL rather than a path."""
    return "://" in text


def shown_address(url: str) -> str:
    """The address without its password."""
    if not is_url(url):
        return url
    try:
        if url.lower().startswith("s3://"):
            return _shown_bucket(url)
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError) as error:
        raise InputError("errors.source.bad_url") from error


def _shown_bucket(url: str) -> str:
    """A bucket's address without its keys: an access key is half of a secret and nobody's name."""
    parts = urlsplit(url)
    bucket = parts.netloc.rpartition("@")[2]
    if ":" in bucket or "@" in parts.path:  # a sign of the secret that should be written as %XX has cut it in two
        raise InputError("errors.source.bad_bucket")
    return parts._replace(netloc=bucket).geturl()


def add_source(session: Session, actor: Actor, settings: Settings, order: NewSource) -> Source:
    """Keep a source of an organisation in the actor's scope.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        SourceTakenError: the organisation has one of that name.
        InputError: the URL cannot be read.
    """
    if not in_scope(session, actor, order.org):
        raise NotFoundError
    if _named(session, order.org, order.name) is not None:
        raise SourceTakenError("errors.source.taken", name=order.name)
    source = _new(settings, order)
    session.add(source)
    record(session, actor, Act.SOURCE_ADDED, source, after={"name": source.name, "address": source.address})
    return source


def _new(settings: Settings, order: NewSource) -> Source:
    identifier = new_id()
    url = make_url(order.url) if is_url(order.url) else None
    return Source(
        id=identifier,
        org=order.org,
        name=order.name,
        kind=url.get_backend_name() if url else "files",
        address=shown_address(order.url),
        database=(url.database or "") if url and url.get_backend_name() not in _FILES else "",
        sealed_url=seal(settings, PURPOSE, order.url.encode(), identifier.bytes),
        added_at=now(),
    )


def ensure_source(session: Session, actor: Actor, settings: Settings, order: NewSource) -> Source:
    """Return the organisation's source of that name, added if there is none."""
    return _named(session, order.org, order.name) or add_source(session, actor, settings, order)


def _named(session: Session, org: str, name: str) -> Source | None:
    query = select(Source).where(Source.org == org, Source.name == name, Source.removed_at.is_(None))
    return session.scalar(query)


def find_source(session: Session, actor: Actor, name: str, org: str | None = None) -> Source:
    """Return the source ``name`` in the actor's scope, of ``org`` where several have it.

    Raises:
        SourceUnknownError: there is none.
    """
    query = within(actor, Source).where(Source.name == name, Source.removed_at.is_(None))
    if org is not None:
        query = query.where(Source.org == org)
    found = session.scalars(query.order_by(Source.org)).first()
    if found is None:
        raise SourceUnknownError("errors.source.unknown")
    return found


def list_sources(session: Session, actor: Actor) -> list[Source]:
    """Every source in the actor's scope, by organisation and name."""
    return list(
        session.scalars(within(actor, Source).where(Source.removed_at.is_(None)).order_by(Source.org, Source.name))
    )


def limit_source(session: Session, actor: Actor, source: Source, *, rows: int | None, size: int | None) -> None:
    """Say how many rows and bytes one scan may read of a source; None is no limit, and what is so already no change."""
    before = {"most_rows": source.most_rows, "most_bytes": source.most_bytes}
    after = {"most_rows": rows, "most_bytes": size}
    if after == before:
        return
    source.most_rows, source.most_bytes = rows, size
    record(session, actor, Act.SOURCE_CHANGED, source, before=before, after=after)


def remove_source(session: Session, actor: Actor, name: str, org: str | None = None) -> UUID:
    """Take a source out; its ledger items go, what the trail says stays.

    Raises:
        SourceUnknownError: there is none.
    """
    source = find_source(session, actor, name, org)
    record(session, actor, Act.SOURCE_REMOVED, source, before={"name": source.name, "address": source.address})
    session.delete(source)
    return source.id


def url_of(settings: Settings, source: Source) -> str:
    """The source's whole address, its password with it: for connecting, never for showing."""
    return unseal(settings, PURPOSE, source.sealed_url, source.id.bytes).decode()
