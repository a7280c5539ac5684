"""``soc rules backtest`` takes a file, an own rule in force by its name, and a kept rule by its id; a line an organisation."""

import json
from pathlib import Path
from typing import Any

from detectors.sigma.rules import LIBRARY, read_file
from soc.db import Database
from tests.detectors.sigma.backtests.trying import filled
from tests.detectors.sigma.own.correlating import enact
from tests.detectors.sigma.own.writing import CITY, COUNTY, STRANGER, TAG, TEXT, own
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]
SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)


def told(soc: Soc, rule: str, *more: str) -> dict[str, dict[str, Any]]:
    lines = soc("rules", "backtest", rule, "--json", "--days", "7", *more).splitlines()
    return {one["org"]: one for one in map(json.loads, lines)}


def test_a_file_is_tried_at_each_organisation_or_at_one(database: Database, soc: Soc, tmp_path: Path) -> None:
    filled(database)
    file = tmp_path / "night.yml"
    file.write_text(TEXT, encoding="utf-8")
    every = told(soc, str(file))
    assert {org: (one["hits"], one["raised"]) for org, one in every.items()} == {
        CITY: (1, 1), COUNTY: (4, 2), STRANGER: (1, 1),
    }  # fmt: skip
    assert every[COUNTY]["met"] == {
        "verdicts": {}, "open": 0, "unseen": 2, "queue": 1, "kept_back": 0, "by": [],
    }  # fmt: skip
    assert sum(every[COUNTY]["per_day"].values()) == 2
    assert list(told(soc, str(file), "--org", COUNTY)) == [COUNTY]
    assert "meets alerts" in soc("rules", "backtest", str(file), "--days", "7")
    file.write_text(TEXT.replace("condition: selection", "condition: x"), encoding="utf-8")
    assert "text" in soc("rules", "backtest", str(file), code=1)


def test_an_own_rule_is_tried_where_it_holds_and_a_kept_one_everywhere(database: Database, soc: Soc) -> None:
    filled(database)
    enact(database, CITY, own())
    assert set(told(soc, TAG)) == {CITY, COUNTY}
    assert {org: one["hits"] for org, one in told(soc, SHIPPED).items()} == {CITY: 0, COUNTY: 0, STRANGER: 0}
    soc("rules", "backtest", "none", code=2)
