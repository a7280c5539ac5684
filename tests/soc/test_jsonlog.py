"""Logs of the processes: JSON lines that hold nobody's data."""

import io
import json
import logging

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from soc.db import Database
from soc.errors import InputError
from soc.jsonlog import JsonLines, log_json_lines
from soc.tiers.models import Organisation

SECRET = "440106199001011236"


@pytest.fixture
def heard() -> io.StringIO:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("soc.test_jsonlog")
    log.handlers, log.propagate = [handler], False
    return stream


def told(heard: io.StringIO) -> dict[str, str]:
    (line,) = heard.getvalue().splitlines()
    found: dict[str, str] = json.loads(line)
    return found


def test_what_a_database_says_of_a_value_is_not_in_the_log(heard: io.StringIO, database: Database) -> None:
    row = {"code": SECRET, "name": SECRET, "name_en": SECRET, "path": f"/{SECRET}/", "tier": "county"}
    with pytest.raises(Exception) as refused, database.write() as session:
        session.execute(insert(Organisation), [row, row])
    logging.getLogger("soc.test_jsonlog").error("job failed", exc_info=refused.value)
    line = told(heard)
    assert SECRET not in heard.getvalue()
    assert "test_jsonlog.py" in line["trace"]


def test_the_parameters_of_a_statement_are_in_no_error(database: Database) -> None:
    row = {"code": SECRET, "name": SECRET, "name_en": SECRET, "path": f"/{SECRET}/", "tier": "county"}
    with pytest.raises(Exception) as refused, database.write() as session:
        session.execute(insert(Organisation), [row, row])
    assert "parameters: [" not in str(refused.value)
    assert not isinstance(refused.value, IntegrityError) or "hidden" in str(refused.value)


def test_causes_are_told_in_their_order_and_only_our_own_errors_say_which_they_are(heard: io.StringIO) -> None:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise InputError("errors.disk_full", name=SECRET) from error
    except InputError:
        logging.getLogger("soc.test_jsonlog").exception("request failed", extra={"route": "/x"})
    line = told(heard)
    assert SECRET not in heard.getvalue()
    assert line["route"] == "/x"
    kinds = [one for one in line["trace"].splitlines() if not one.startswith(" ")]
    assert kinds == ["builtins.ValueError", "soc.errors.InputError: errors.disk_full"]


def test_every_line_of_a_process_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    held = logging.getLogger().handlers[:], logging.getLogger().level
    monkeypatch.setenv("SOC_LOG_LEVEL", "INFO")
    try:
        log_json_lines()
        logging.getLogger("soc.anything").info("two\nlines", extra={"count": 2})
    finally:
        logging.getLogger().handlers, logging.getLogger().level = held
    (line,) = capsys.readouterr().err.splitlines()
    assert (json.loads(line)["message"], json.loads(line)["count"]) == ("two\nlines", 2)
