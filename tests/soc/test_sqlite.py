"""Which SQLite the state lives in."""

import sqlite3
import sys

import pysqlite3
import pytest

from soc.errors import UnavailableError
from soc.sqlite import OLDEST, driver


def test_the_package_with_its_own_sqlite_comes_first() -> None:
    assert driver() is pysqlite3
    assert pysqlite3.sqlite_version_info >= OLDEST


def test_without_the_package_a_python_with_a_new_sqlite_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", OLDEST)

    assert driver() is sqlite3


def test_an_sqlite_that_may_corrupt_the_state_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))

    with pytest.raises(UnavailableError) as refused:
        driver()

    assert refused.value.key == "errors.sqlite_old"
