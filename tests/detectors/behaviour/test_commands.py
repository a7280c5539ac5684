"""The commands as scripts call them: what they print, and how they end."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from detectors.behaviour.commands import evaluate, risk_entity
from soc.cli import main
from tests.detectors.behaviour.test_evaluate import masquerade, outliers


def written(folder: Path, events: list[str], labels: list[str]) -> list[str]:
    """Files of events and labels, as arguments."""
    (folder / "events.jsonl").write_text("\n".join(events), encoding="utf-8")
    (folder / "labels.csv").write_text("\n".join(labels), encoding="utf-8")
    return [str(folder / "events.jsonl"), "--labels", str(folder / "labels.csv")]


def test_evaluate_prints_one_document_with_the_contracts_names(tmp_path: Path) -> None:
    arguments = written(tmp_path, *masquerade(seed=2))
    done = CliRunner().invoke(evaluate, [*arguments, "--train-until", "2026-05-04T20:00:00Z"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert set(told) == {"roc_auc", "average_precision", "recall_at_fpr", "recall_at_budget"}
    assert set(told["recall_at_fpr"]) == {"0.01", "0.05"}


def test_the_scores_file_has_a_row_for_each_label(tmp_path: Path) -> None:
    events, labels = outliers(seed=2)
    scores = tmp_path / "scores.csv"
    arguments = [*written(tmp_path, events, labels), "--per", "event", "--scores", str(scores)]
    assert CliRunner().invoke(evaluate, arguments).exit_code == 0
    with scores.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["entity", "start", "end", "score", "reasons"]
    assert [row["entity"] for row in rows] == [line.split(",")[0] for line in labels[1:]]


@pytest.mark.parametrize(("events", "extra"), [("{", []), ('{"time": 1}', ["--train-until", "someday"])])
def test_what_cannot_be_read_is_wrong_use(tmp_path: Path, events: str, extra: list[str]) -> None:
    arguments = written(tmp_path, [events], ["entity,start,end,label"])
    with pytest.raises(SystemExit) as ended:
        main(["detect", "evaluate", *arguments, *extra])
    assert ended.value.code == 2


def test_risk_is_read_from_standard_input_line_by_line() -> None:
    lines = [
        '{"id": "a", "scores": [26.12], "criticality": "medium"}',
        "",
        '{"id": "b", "scores": [], "criticality": "extreme"}',
    ]
    done = CliRunner().invoke(risk_entity, ["-"], input="\n".join(lines))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first == {"id": "a", "category_score": 10.0, "entity_score": 10.0, "level": "unknown"}
    assert second["entity_score"] == 0


@pytest.mark.parametrize(
    "line", ["[]", '{"id": 1}', '{"scores": [1], "criticality": "huge"}', '{"scores": [101]}', '{"scores": ["x"]}']
)
def test_a_line_that_cannot_be_weighed_ends_with_an_error(
    line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "in").write_text(line, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["risk", "entity", str(tmp_path / "in")])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("soc: ")
