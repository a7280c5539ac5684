"""An organisation's own correlations for tests: what they stand on, and how they come into force."""

from typing import Any

from detectors.sigma.own.book import tag_of
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.yaml_text import read_mapping
from tests.conftest import add_test_person
from tests.detectors.sigma.own.writing import CITY, put_in_force

FAILED_ID, GUESSED_ID = "21111111-0000-4000-8000-000000000001", "21111111-0000-4000-8000-000000000003"
GUESSED = tag_of(CITY, GUESSED_ID)


def entry(text: str, **more: Any) -> dict[str, Any]:
    """A rule's text as an entry of a document."""
    return {"id": str(read_mapping(text).body["id"]), "text": text, **more}


def enact(database: Database, org: str, *entries: dict[str, Any]) -> None:
    """Put a document of these entries in force, by two persons."""
    with database.write() as session:
        author, second = (
            actor_of(session, add_test_person(session, role, org)) for role in (Role.POLICY, Role.COMMANDER)
        )
        put_in_force(session, author, second, org, *entries)
