"""``soc account``: an account is marked and listed beside whatever runs on the same state."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from soc.accounts.commands import list_, mark


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SOC_DATABASE_URL", raising=False)
    monkeypatch.delenv("SOC_OPENSEARCH_URL", raising=False)
    return CliRunner()


def test_a_mark_is_listed_until_it_is_taken_back(runner: CliRunner) -> None:
    given = ["svc_portal", "--org", "440000", "--application", "门户"]
    told = json.loads(runner.invoke(mark, given, catch_exceptions=False).stdout)
    listed = runner.invoke(list_, catch_exceptions=False).stdout
    assert json.loads(listed) == told == {
        "org": "440000", "name": "svc_portal", "is_service": True, "application": "门户",
    }  # fmt: skip
    runner.invoke(mark, ["svc_portal", "--org", "440000", "--off"], catch_exceptions=False)
    assert runner.invoke(list_, catch_exceptions=False).stdout == ""
