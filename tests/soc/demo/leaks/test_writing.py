"""What `soc demo leaks` writes: a log, who works there, the tables, and the truth."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from soc.cli import cli
from soc.demo.leaks.leak import Kind

SMALL = ("--people", "100", "--days", "20", "--quiet-days", "8", "--json")


def write(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "leaks", "--out", str(folder), *words])


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_trial_is_written_with_its_truth_beside_it(tmp_path: Path) -> None:
    done = write(tmp_path, *SMALL)
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    truth, accounts = rows(tmp_path / "truth.jsonl"), rows(tmp_path / "accounts.jsonl")
    assert [one["kind"] for one in truth] == [kind.value for kind in Kind]
    assert (counts["leaks"], counts["accounts"]) == (len(truth), len(accounts)) == (16, 100)
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert log.count("\n") == counts["lines"]
    known = {one["person"]: one["account"] for one in accounts}
    for leak in truth:
        for entity in leak["entities"]:  # type: ignore[attr-defined]
            account = known.get(entity, entity)
            assert f"user={account}," in log or f"/*user='{account}'*/" in log or f"/*user=''{account}''*/" in log
    assert {"hr.staff", "c21.permit"} <= {
        one["name"] for one in json.loads((tmp_path / "tables.json").read_text("utf-8"))
    }


def test_days_must_be_left_for_leaks(tmp_path: Path) -> None:
    done = write(tmp_path, "--days", "20", "--quiet-days", "15")
    assert done.exit_code in {1, 2}
    assert not list(tmp_path.iterdir())
