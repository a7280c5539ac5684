"""Four workers of one installation, each with an application and connections of its own, all at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from flask.testing import FlaskClient

from soc.app import create_app
from soc.db import Database
from tests.browsing import Browser

T = TypeVar("T")
WORKERS = 4


@dataclass(frozen=True, slots=True)
class Workers:
    """What a proxy in front of them would spread requests over."""

    apps: tuple[Any, ...]
    databases: tuple[Database, ...]

    def stranger(self, number: int) -> Browser:
        """A browser that nobody knows, at one of the workers."""
        made = self.apps[number % WORKERS].test_client()
        assert isinstance(made, Browser)
        return made

    def caller(self, number: int, address: str = "203.0.113.9") -> FlaskClient:
        """A program that calls one of the workers from an address."""
        made = self.stranger(number)
        made.environ_base["REMOTE_ADDR"] = address
        return made

    def at_once(self, act: Callable[[int], T], times: int) -> list[T]:
        """Do the same at all workers together; what one of them raises is raised here."""
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(act, range(times)))


@pytest.fixture
def workers(database: Database) -> Iterator[Workers]:
    opened = tuple(Database.open(database.settings) for _ in range(WORKERS))
    apps = []
    for one in opened:
        app = create_app(one.settings, one)
        app.testing = False
        app.test_client_class = Browser
        apps.append(app)
    yield Workers(tuple(apps), opened)
    for one in opened:
        one.close()
