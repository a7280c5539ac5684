from sqlalchemy import func, select

from soc.db import Database
from soc.demo.staff import add_persons, demo_users
from soc.identity.models import Person


def test_a_start_that_was_killed_before_it_noted_the_persons_makes_nobody_twice(database: Database) -> None:
    add_persons(database, database.settings)
    users = demo_users(database.settings)
    add_persons(database, database.settings)
    assert demo_users(database.settings) == users
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == len(users)
