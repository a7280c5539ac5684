"""``soc protection`` on a whole installation: taken out, changed, checked, laid beside, proposed."""

import json
from pathlib import Path

from policies.protection.policy import default_body
from soc.db import Database
from soc.yaml_text import read_yaml
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]


def test_a_changed_file_is_laid_beside_and_waits_for_a_second_person(
    soc: Soc, database: Database, tmp_path: Path
) -> None:
    text = soc("protection", "show")
    assert read_yaml(text) == default_body()
    path = tmp_path / "protection.yaml"
    path.write_text(text.replace("operator: clear", "operator: partial", 1), encoding="utf-8")
    assert "valid" in soc("protection", "check", str(path))
    told = json.loads(soc("protection", "diff", str(path), "--json"))
    assert [line.strip("- +") for line in told["diff"] if line[:1] in "+-" and "operator" in line] == [
        "operator: clear",
        "operator: partial",
    ]
    assert json.loads(soc("protection", "propose", str(path), "--reason", "stricter"))["version"] == 2
    assert soc("protection", "show") == text


def test_a_faulty_file_is_refused_with_what_is_wrong(soc: Soc, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "protection.yaml"
    path.write_text("title: x\npurposes: {}\nrules: []\n", encoding="utf-8")
    soc("protection", "check", str(path), code=1)
