"""Persons that stay, since a run is carried out in sessions of its own."""

import pytest

from soc.db import Database
from soc.identity.actor import Actor, Role
from soc.identity.actors import actor_of
from tests.conftest import MakePerson, add_test_person


@pytest.fixture
def person(database: Database) -> MakePerson:
    """Make a person of a role at an organisation, and return them as an actor."""

    def make(role: Role = Role.ANALYST, org: str = "440000") -> Actor:
        with database.write() as session:
            return actor_of(session, add_test_person(session, role, org))

    return make
