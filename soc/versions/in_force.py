"""What documents in force hold for an organisation, made of each of them once a process and version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.tiers.models import Organisation
from soc.versions.models import PolicyVersion, VersionStatus

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Standing:
    """A document in force: whose, and what it says by its digest."""

    org: str
    id: Any
    digest: str


def standing(session: Session, kind: str, org: str) -> tuple[Standing, ...]:
    """Return the documents of one kind in force for an organisation: those of its tiers, from the top down."""
    path = session.scalar(select(Organisation.path).where(Organisation.code == org)) or ""
    above = path.strip("/").split("/")
    query = select(PolicyVersion.org, PolicyVersion.id, PolicyVersion.digest).where(
        PolicyVersion.kind == kind, PolicyVersion.status == VersionStatus.ACTIVE, PolicyVersion.org.in_(above)
    )
    there = {row.org: Standing(row.org, row.id, row.digest) for row in session.execute(query)}
    return tuple(there[code] for code in above if code in there)


@dataclass(slots=True)
class Held(Generic[Item]):
    """What a process made of the latest documents: ``make(org, body)``; what a version says never changes.

    Whoever asks for every batch asks the database for digests only.
    """

    make: Callable[[str, Mapping[str, Any] | None], tuple[Item, ...]]
    #: how many documents are kept; one may be a megabyte
    most: Callable[[], int]
    _made: dict[tuple[str, str], tuple[Item, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many documents are kept."""
        return len(self._made)

    def of(self, session: Session, documents: tuple[Standing, ...]) -> tuple[Item, ...]:
        """Return what these documents hold, in their order."""
        return tuple(one for document in documents for one in self._of(session, document))

    def _of(self, session: Session, document: Standing) -> tuple[Item, ...]:
        key = (document.org, document.digest)
        found = self._made.get(key)
        if found is None:
            body = session.scalar(select(PolicyVersion.body).where(PolicyVersion.id == document.id))
            found = self.make(document.org, body)
            for old in list(self._made)[: max(0, len(self._made) + 1 - self.most())]:
                self._made.pop(old, None)  # another thread may have done so
            self._made[key] = found
        return found
