"""``soc logs quarantine`` and ``soc logs again``."""

import json
from pathlib import Path

from tests.audit.ingest.at_work import nginx
from tests.installed import Soc, database, soc  # noqa: F401 - fixtures


def entries(soc: Soc) -> list[dict[str, object]]:  # noqa: F811
    return [json.loads(line) for line in soc("logs", "quarantine").splitlines()]


def test_lines_under_a_wrong_name_are_listed_masked_and_read_again_as_what_they_look_like(
    soc: Soc,  # noqa: F811
    database: object,  # noqa: F811
    tmp_path: Path,
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(nginx("/a", "/b?tel=13800138000") + b"no log\n")
    soc("logs", "ingest", str(log), "--format", "pgaudit", "--org", "440100")
    (entry,) = entries(soc)
    assert (entry["org"], entry["format"], entry["count"], entry["looks_like"]) == ("440100", "pgaudit", 3, "nginx")
    assert "13800138000" not in json.dumps(entry)
    done = json.loads(soc("logs", "again", str(entry["id"]), "--format", "nginx"))
    assert (done["read"], done["left"]) == (2, 1)
    assert json.loads(soc("logs", "search", "/a", "--count"))["count"] == 1
    (left,) = entries(soc)
    assert (left["count"], [one["line"] for one in left["lines"]]) == (1, [3])  # type: ignore[attr-defined]


def test_an_entry_that_nobody_has_and_a_format_that_nobody_has_are_told(
    soc: Soc,  # noqa: F811
    database: object,  # noqa: F811
    tmp_path: Path,
) -> None:
    assert entries(soc) == []
    assert "Traceback" not in soc("logs", "again", "no-such-entry", code=2)
    log = tmp_path / "access.log"
    log.write_bytes(nginx("/a"))
    soc("logs", "ingest", str(log), "--format", "pgaudit", "--org", "440100")
    (entry,) = entries(soc)
    assert "nginxx" in soc("logs", "again", str(entry["id"]), "--format", "nginxx", code=2)
    assert entries(soc) == [entry]
