"""One own rule, found by the name that events and findings call it by, for whoever it holds for and whoever is above."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import KEY, KIND, org_of, row_of, tag_of
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.tiers.scope import in_scope
from soc.versions import service as versions
from soc.versions.in_force import standing
from soc.yaml_text import read_mapping


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule as its organisation has it in force; ``off`` says why it is at rest, None where it is looked for.

    ``number``, ``author`` and ``since`` are those of the version that stands now.
    """

    rule: DetectionRule
    org: str
    id: str
    text: str
    off: str | None
    number: int
    author: str
    since: datetime | None


def find_own(session: Session, actor: Actor, tag: str) -> OwnRule:
    """Return the own rule of a tag, of the actor's organisation, of a tier above it or of one below.

    Raises:
        NotFoundError: nobody in reach has such a rule in force.
    """
    org = org_of(tag)
    active = versions.active(session, KIND, org) if org is not None and _reaches(session, actor, org) else None
    if org is None or active is None:
        raise NotFoundError
    entry = next((one for one in active.body.get(KEY, ()) if "text" in one and tag_of(org, one["id"]) == tag), None)
    if entry is None:
        raise NotFoundError
    row = row_of(org, read_mapping(entry["text"]).body)
    return OwnRule(
        row, org, entry["id"], entry["text"], entry.get("off"), active.number, active.author_name, active.active_from
    )


def _reaches(session: Session, actor: Actor, org: str) -> bool:
    """Whether the actor sees the organisation, or is under it: what stands above holds below."""
    return in_scope(session, actor, org) or org in {one.org for one in standing(session, KIND, actor.org)}
