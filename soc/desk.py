"""What every command of the machine's own command line begins and ends with."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.actor import Actor
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.jobs import carry_out, context_of, job_specs
from soc.ledger.own_types import source_of
from soc.ledger.types import knowing


@dataclass(frozen=True, slots=True)
class Desk:
    """One command's way to the installation, as its operator."""

    settings: Settings
    database: Database

    @contextmanager
    def write(self) -> Iterator[tuple[Session, Actor]]:
        """Yield a writing session and the operator."""
        with self.database.write() as session:
            yield session, operator_actor(session)

    @contextmanager
    def read(self) -> Iterator[tuple[Session, Actor]]:
        """Yield a reading session and the operator."""
        with self.database.read() as session:
            yield session, operator_actor(session)


@contextmanager
def at_desk(**overrides: Any) -> Iterator[Desk]:
    """Open the installation for one command, made if it is not there; settle it at the end.

    Works with no server running, and beside one on the same state.
    """
    settings = Settings.load(**overrides)
    database = open_installation(settings)
    desk = Desk(database.settings, database.acting_for(SystemPath.OPERATOR))
    try:
        with knowing(source_of(desk.database)):
            yield desk
        settle(database)
    finally:
        database.close()


def settle(database: Database) -> None:
    """Do once what the worker's quick rhythms do every second: the news, the trail's order."""
    context = context_of(database, None, {})
    settling = [spec for spec in job_specs().values() if spec.quiet and spec.at_desk]
    # what one of them finds is news for another
    for spec in (*settling, *settling):
        carry_out(spec, context)


def print_json(value: object) -> None:
    """Print one JSON document or line on stdout."""
    sys.stdout.buffer.write(orjson.dumps(value, default=str) + b"\n")
    sys.stdout.buffer.flush()
