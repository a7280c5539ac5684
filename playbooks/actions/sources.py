"""Which registered sources a run may act on: those of its organisation, of those below and of those above.

A city's incident may have happened in the province's database. Whoever owns the source decides
then: the second person is asked at the source's own organisation.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from soc.identity.actors import path_of
from soc.ledger.models import Source
from soc.ledger.sources import SourceUnknownError
from soc.tiers.models import Organisation


def reachable(session: Session, org: str) -> list[Source]:
    """Return the sources a run of ``org`` may act on, its own first."""
    path = path_of(session, org)
    above = path.strip("/").split("/")
    below = Organisation.path.startswith(path, autoescape=True)
    query = (
        select(Source)
        .join(Organisation, Organisation.code == Source.org)
        .where(Source.removed_at.is_(None), or_(below, Organisation.code.in_(above)))
        .order_by((Source.org == org).desc(), Source.org, Source.name)
    )
    return list(session.scalars(query))


def source_named(session: Session, org: str, name: str) -> Source:
    """Return the reachable source of that name.

    Raises:
        SourceUnknownError: there is none.
    """
    found = next((one for one in reachable(session, org) if one.name == name), None)
    if found is None:
        raise SourceUnknownError("errors.source.unknown")
    return found


def only_database(session: Session, org: str) -> Source | None:
    """Return the one database whose accounts can be locked; None where there is none, or a choice to make."""
    found = [one for one in reachable(session, org) if one.kind == "postgresql"]
    return found[0] if len(found) == 1 else None
