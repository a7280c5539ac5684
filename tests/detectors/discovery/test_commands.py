"""The commands as others script against them: JSON, exit codes, nothing needed but a fresh home."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from soc.acting import SystemPath
from soc.centre import keep_centre, named_centre
from soc.cli import main
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.tiers.models import Organisation
from tests.detectors.made import Maker

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def soc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run one command on a home of its own; returns the exit code, stdout and stderr."""
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOC_LANG", "en")

    def run(*arguments: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capfdbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A table of people in GB18030."""
    maker, path = Maker(), tmp_path / "people.csv"
    rows = [f"{maker.person()},{maker.resident_id()},{maker.mobile()}" for _ in range(60)]
    path.write_text("姓名,身份证号,手机\n" + "\n".join(rows) + "\n", encoding="gb18030")
    return path


def types_of(out: str) -> list[str | None]:
    document: dict[str, Any] = json.loads(out)
    return [column["type"] for column in document["tables"][0]["columns"]]


def test_a_file_is_scanned_on_a_fresh_home_with_and_without_its_header(soc: Run, people: Path) -> None:
    wanted = ["person_name", "resident_id", "mobile"]
    code, out, _ = soc("scan", str(people), "--json")
    assert (code, types_of(out)) == (0, wanted)
    code, out, _ = soc("scan", str(people), "--json", "--no-headers", "--full")
    assert (code, types_of(out)) == (0, wanted)


def test_a_dry_run_stores_nothing_and_a_scan_keeps_its_source(soc: Run, people: Path) -> None:
    soc("scan", str(people), "--json", "--dry-run")
    assert soc("source", "list", "--json")[1] == ""
    soc("scan", str(people), "--json", "--org", "440100")
    assert json.loads(soc("source", "list", "--json")[1])["org"] == "440100"


def test_the_same_scan_twice_prints_the_same(soc: Run, people: Path) -> None:
    assert soc("scan", str(people), "--json")[1] == soc("scan", str(people), "--json")[1]


def test_a_source_is_added_tested_scanned_and_removed_and_its_password_never_shown(soc: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (phone TEXT)")
    added = soc("source", "add", "库", f"sqlite:///{tmp_path}/a.db", "--org", "440100")
    secret = soc("source", "add", "远", "postgresql://u:very-secret@127.0.0.1:1/x", "--org", "440100")
    listed = soc("source", "list")
    assert (added[0], secret[0], listed[0]) == (0, 0, 0)
    assert "very-secret" not in "".join(map(str, (*secret, *listed)))
    tested = json.loads(soc("source", "test", "库", "--json")[1])
    assert (tested["ok"], tested["tables"], tested["readable"], tested["warnings"]) == (True, 1, 1, [])
    assert types_of(soc("scan", "库", "--json")[1]) == ["mobile"]
    assert soc("source", "remove", "库")[0] == 0
    assert soc("scan", "库", "--json")[0] == 2


def test_a_source_s_limit_ends_its_scan_and_what_was_left_is_named(soc: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        for name in ("a", "b", "c"):
            connection.execute(f"CREATE TABLE {name} (phone TEXT)")
            connection.executemany(f"INSERT INTO {name} VALUES (?)", [(Maker(9).mobile(),) for _ in range(60)])
    soc("source", "add", "库", f"sqlite:///{tmp_path}/a.db", "--org", "440100")
    assert json.loads(soc("source", "limit", "库", "--rows", "100")[1])["most_rows"] == 100
    document = json.loads(soc("scan", "库", "--json", "--dry-run")[1])
    assert [table["coverage"]["rows_read"] for table in document["tables"]] == [60, 40]
    assert document["tables"][1]["coverage"]["stop"] == "rows"
    assert [one["path"] for one in document["skipped"]] == ["c"]
    assert "used up" in document["skipped"][0]["reason"]
    kept = json.loads(soc("scan", "库", "--json")[1])
    assert sum(table["coverage"]["rows_read"] for table in kept["tables"]) == 100
    soc("source", "limit", "库")
    assert len(json.loads(soc("scan", "库", "--json", "--again")[1])["tables"]) == 3


def test_a_source_that_was_never_tried_on_a_real_server_is_labelled_when_it_is_added(soc: Run) -> None:
    code, out, err = soc("source", "add", "老库", "oracle://u:p@127.0.0.1:1521/?service_name=X", "--org", "440100")
    assert (code, json.loads(out)["tested"]) == (0, False)
    assert "Untested" in err
    code, _, err = soc("source", "test", "老库")
    assert code == 2
    assert "guanlan[oracle]" in err or "does not answer" in err


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/no/such/path.csv", "no source called"),
        ("postgresql://u:p@127.0.0.1:1/x", "does not answer"),
        ("postgresql://u:p@169.254.169.254/x", "metadata service"),
        ("ftp://127.0.0.1/x", "not supported"),
    ],
)
def test_a_location_that_cannot_be_read_is_wrong_use_said_in_one_line(soc: Run, location: str, words: str) -> None:
    code, out, err = soc("scan", location, "--json")
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_one_bad_location_does_not_spoil_the_others(soc: Run, people: Path) -> None:
    code, out, _ = soc("scan", str(people), "/no/such/path.csv", "postgresql://u:p@127.0.0.1:1/x", "--json")
    document = json.loads(out)
    assert code == 1
    assert [table["name"] for table in document["tables"]] == ["people"]
    assert len(document["skipped"]) == 2


def test_an_organisation_that_does_not_exist_is_wrong_use(soc: Run, people: Path) -> None:
    assert soc("scan", str(people), "--org", "999999")[0] == 2
    assert soc("source", "add", "库", "sqlite:///a.db", "--org", "999999")[0] == 2


def test_text_gives_a_line_of_spans_for_each_line_and_names_the_bad_one(soc: Run, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(
        '{"id": "a", "text": "张伟13800138000"}\n\nnothing\n{"id": 3, "text": "a@b.com \\ud83d"}\n', encoding="utf-8"
    )
    code, out, _ = soc("text", str(path), "--json")
    first, second, third = map(json.loads, out.splitlines())
    assert code == 1
    assert first["id"] == "a"
    assert [(one["type"], one["start"], one["end"]) for one in first["spans"]] == [
        ("person_name", 0, 2),
        ("mobile", 2, 13),
    ]
    assert second["line"] == 3
    assert [one["type"] for one in third["spans"]] == ["email"]


def test_grading_is_shown_checked_compared_and_proposed_and_approved_by_nobody_alone(soc: Run, tmp_path: Path) -> None:
    shown = soc("grading", "show")[1]
    path = tmp_path / "policy.yaml"
    path.write_text(shown.replace("uscc: G1", "uscc: G3"), encoding="utf-8")
    assert soc("grading", "check", str(path))[0] == 0
    assert "+  uscc: G3" in soc("grading", "diff", str(path))[1]
    proposed = json.loads(soc("grading", "propose", str(path))[1])
    assert proposed["status"] == "proposed"
    assert soc("grading", "approve", str(proposed["version"]))[0] == 1
    assert soc("grading", "show")[1] == shown


def test_a_faulty_policy_is_named_problem_by_problem(soc: Run, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("types:\n  mobile: G9\n  nothing: G1\n", encoding="utf-8")
    code, out, _ = soc("grading", "check", str(path), "--json")
    document = json.loads(out)
    assert (code, document["ok"]) == (1, False)
    assert [one["path"] for one in document["problems"]] == ["types/mobile", "types/nothing"]


def test_a_bomb_is_wrong_use(soc: Run, tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text("a: &a [x]\nb: *a\n", encoding="utf-8")
    assert soc("grading", "check", str(path))[0] == 2


def test_a_scan_that_names_no_organisation_is_the_centres(soc: Run, people: Path) -> None:
    settings = Settings.load()
    with closing(open_installation(settings)) as state, state.acting_for(SystemPath.OPERATOR).write() as session:
        city = session.get_one(Organisation, "440100")
        keep_centre(session, operator_actor(session), named_centre(city, "", ""))
    soc("scan", str(people), "--json")
    assert json.loads(soc("source", "list", "--json")[1])["org"] == "440100"
