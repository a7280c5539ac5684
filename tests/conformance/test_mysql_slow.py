"""Real slow logs of several servers (percona/go-mysql), where the samples are at hand."""

import json
from pathlib import Path

import pytest

from tests.audit.ingest.formats.reading import parsed

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "mysql_slow"
LOGS = sorted(SAMPLES.glob("*.log"))

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not LOGS, reason="needs the samples: ../shared/samples/mysql_slow is absent"),
]


@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.stem)
def test_every_record_is_read(log: Path) -> None:
    rows = parsed("mysql_slow", log.read_bytes())
    assert rows
    assert [row["line"] for row in rows if row["error"]] == []


@pytest.mark.parametrize("golden", sorted(SAMPLES.glob("*.golden")), ids=lambda path: path.stem)
def test_users_schemas_counts_and_statements_are_the_golden_ones(golden: Path) -> None:
    wanted = json.loads(golden.read_text(encoding="utf-8"))
    rows = parsed("mysql_slow", golden.with_suffix(".log").read_bytes())
    assert len(rows) == wanted["Global"]["TotalQueries"]
    who = {(row["actor.user.name"], row["database.name"] or "") for row in rows}
    assert who == {(one["User"], one["Db"]) for one in wanted["Class"].values()}
    examples = {one["Example"]["Query"] for one in wanted["Class"].values()}
    assert examples <= {row["query_info.query_string"] for row in rows}
