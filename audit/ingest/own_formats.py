"""The own formats that hold for an organisation's logs, looked up in the database where they are asked for."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.formats.own import KIND, OwnFormat, is_own, knowing, own_formats
from soc.db import Database
from soc.tiers.models import Organisation
from soc.versions.in_force import Held, Standing, standing
from soc.versions.models import PolicyVersion, VersionStatus

#: documents whose formats a process keeps
MOST_DOCUMENTS = 64
#: earlier versions that are looked through for a format that was taken out
_MOST_EARLIER = 200
_HELD = Held(own_formats, lambda: MOST_DOCUMENTS)


@dataclass(slots=True)
class FormatsOf:
    """The own formats of an organisation and the tiers above it; read when first asked for, the same within one block."""

    read: Callable[[], AbstractContextManager[Session]]
    org: str
    _documents: tuple[Standing, ...] | None = None
    _formats: tuple[OwnFormat, ...] | None = None
    _stood: dict[str, OwnFormat | None] = field(default_factory=dict)

    def in_force(self) -> tuple[OwnFormat, ...]:
        """Those in force, from the top down."""
        if self._formats is None:
            with self.read() as session:
                self._formats = _HELD.of(session, self._there(session))
        return self._formats

    def edition(self) -> str:
        """The digests of the documents in force."""
        if self._documents is None:
            with self.read() as session:
                self._there(session)
        return "/".join(one.digest for one in self._documents or ())

    def stood(self, name: str) -> OwnFormat | None:
        """One in force, or else as the latest version had it that ever was."""
        found = next((one for one in self.in_force() if one.format.name == name), None)
        if found is None and name not in self._stood:
            with self.read() as session:
                self._stood[name] = _earlier(session, self.org, name)
        return found or self._stood.get(name)

    def _there(self, session: Session) -> tuple[Standing, ...]:
        if self._documents is None:
            self._documents = standing(session, KIND, self.org)
        return self._documents


def _earlier(session: Session, org: str, name: str) -> OwnFormat | None:
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    query = select(PolicyVersion.org, PolicyVersion.body).where(
        PolicyVersion.kind == KIND,
        PolicyVersion.status == VersionStatus.SUPERSEDED,
        PolicyVersion.org.in_(path.strip("/").split("/")),
    )
    for row in session.execute(query.order_by(PolicyVersion.number.desc()).limit(_MOST_EARLIER)):
        for one in own_formats(row.org, row.body):
            if one.format.name == name:
                return one
    return None


@contextmanager
def formats_of(database: Database, org: str) -> Iterator[None]:
    """Within the block the own formats that hold for ``org`` are known."""
    with knowing(FormatsOf(database.read, org)):
        yield


@contextmanager
def formats_within(session: Session, org: str) -> Iterator[None]:
    """The same, looked up in a session that is open already."""
    with knowing(FormatsOf(lambda: nullcontext(session), org)):
        yield


def needs_looking(name: str | None) -> bool:
    """Whether a format can be one of an organisation's own: it is told from the text, or named so."""
    return name is None or is_own(name)
