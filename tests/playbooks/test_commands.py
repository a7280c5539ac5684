"""The commands as scripts call them: their JSON, their exit codes, what they leave behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from playbooks import commands
from playbooks.library import shipped
from playbooks.models import Playbook
from soc.cli import cli
from soc.db import Database
from tests.playbooks.cacao.documents import CALL, NOWHERE, raw, right
from tests.playbooks.flows import ask, flow

Run = Callable[..., tuple[int, list[Any]]]


@pytest.fixture
def soc(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call ``soc playbook …`` on this test's installation; return the exit code and the lines."""
    monkeypatch.setenv("SOC_HOME", str(database.settings.home))
    monkeypatch.setenv("SOC_DATABASE_URL", database.settings.database_url)
    monkeypatch.setattr("soc.installation.upgrade", lambda _settings: None)

    def run(*words: str) -> tuple[int, list[Any]]:
        done: Result = CliRunner().invoke(cli, ["playbook", *words], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        code = done.return_value if isinstance(done.return_value, int) else 0
        text = done.stdout
        try:
            return code, [json.loads(text)]
        except ValueError:
            return code, [json.loads(line) for line in text.splitlines() if line]

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], str]:
    def write(document: Any) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_bytes(document if isinstance(document, bytes) else raw(document))
        return str(path)

    return write


def stored(database: Database) -> int:
    """How many versions are kept beside the shipped ones, which every installation has."""
    ours = {json.loads(path.read_bytes())["id"] for path in shipped()}
    with database.read() as session:
        return session.scalar(select(func.count()).where(Playbook.playbook_id.not_in(ours))) or 0


def test_an_imported_playbook_comes_back_equal(soc: Run, file: Any) -> None:
    code, (told,) = soc("import", file(right()))
    assert (code, told) == (0, {"status": "accepted", "id": right()["id"], "problems": []})
    assert soc("export", told["id"]) == (0, [right()])


def test_a_refusal_stores_nothing(soc: Run, file: Any, database: Database) -> None:
    document = right()
    document["workflow"][CALL]["on_completion"] = NOWHERE
    code, (told,) = soc("import", file(document))
    assert (code, told["status"], told["id"]) == (1, "refused", None)
    assert told["problems"][0]["step"] == CALL
    assert stored(database) == 0


def test_validate_stores_nothing(soc: Run, file: Any, database: Database) -> None:
    assert soc("validate", file(right()))[0] == 0
    assert stored(database) == 0


def test_a_draft_is_kept_and_neither_exported_signed_nor_run(soc: Run, file: Any) -> None:
    code, (told,) = soc("import", file(right() | {"banana": 1}))
    assert (code, told["status"]) == (1, "draft")
    for word in ("export", "sign", "run"):
        assert soc(word, told["id"]) == (1, [{"problems": told["problems"]}])


def test_a_signed_playbook_verifies_and_is_what_export_gives(soc: Run, file: Any) -> None:
    soc("import", file(right()))
    _, (signed,) = soc("sign", right()["id"])
    assert soc("export", right()["id"]) == (0, [signed])
    code, (line,) = soc("verify", file(signed))
    assert (code, line["ok"], line["signatures"][0]["ok"]) == (0, True, True)
    code, lines = soc("verify", file(signed | {"name": "other"}), file(right()), file(b"no json"))
    assert (code, [one["ok"] for one in lines]) == (1, [False, False, False])
    assert soc("verify", file(signed), "--at", "2020-01-01T00:00:00Z")[0] == 1


def test_the_same_text_again_is_no_new_version_another_text_is(soc: Run, file: Any, database: Database) -> None:
    for document in (right(), right(), right() | {"name": "Another"}):
        soc("import", file(document))
    assert stored(database) == 2
    assert soc("export", right()["id"])[1][0]["name"] == "Another"


def test_a_run_is_queued_at_once_and_listed(soc: Run, file: Any) -> None:
    document = flow(1, ask(2))
    soc("import", file(document))
    code, (told,) = soc("run", document["id"])
    assert (code, told["status"]) == (0, "queued")
    assert soc("runs") == (0, [{"run": told["run"], "playbook": document["id"], "status": "queued"}])
    assert soc("cancel", told["run"])[1] == [{"run": told["run"], "status": "cancelled"}]


def test_every_command_of_the_contract_is_there() -> None:
    names = {"import_", "validate", "export", "sign", "verify", "run", "runs"}
    assert names <= set(dir(commands))
