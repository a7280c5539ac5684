"""Rules from a folder, lines from a file: what correlations find stands in the queue of alerts when the command ends."""

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from detectors.findings import Finding
from detectors.sigma.bursts import CorrelationBurst
from incidents.alerts.models import Alert
from soc.clock import now
from soc.db import Database
from tests.detectors.sigma.streaming import COUNTED, DONE, FAILED, NESTED, a_folder
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]


def lines(folder: Path) -> Path:
    """Four failed logins and one that went through, an hour ago."""
    begun, path = now() - timedelta(hours=1), folder / "auth.log"
    told = [
        f"{(begun + timedelta(seconds=5 * number)).isoformat()} h sshd[1]: {word} password for eve from 10.9.9.9 port 22 ssh2"
        for number, word in enumerate(("Failed",) * 4 + ("Accepted",))
    ]
    path.write_text("\n".join(told) + "\n", encoding="utf-8")
    return path


def test_from_lines_to_an_alert_and_over_the_history(database: Database, soc: Soc, tmp_path: Path) -> None:
    imported = json.loads(soc("rules", "import", str(a_folder(tmp_path, FAILED, DONE, COUNTED, NESTED)), "--json"))
    assert (imported["added"], imported["unsupported"], imported["refused"]) == (4, 0, 0)
    taken = json.loads(soc("logs", "ingest", str(lines(tmp_path)), "--format", "linux_auth", "--json"))
    assert taken["accepted"] == 5
    rule_id = "21111111-0000-4000-8000-000000000007"
    with database.read() as session:
        (finding,) = session.scalars(select(Finding).where(Finding.rule_id == rule_id))
        (burst,) = session.scalars(select(CorrelationBurst))
        alerts = session.scalars(select(Alert)).all()
    assert (finding.entity_name, len(finding.events), burst.events) == ("eve", 5, 5)
    assert [alert.entity_name for alert in alerts] == ["eve"]
    told = json.loads(soc("rules", "backtest", rule_id, "--json"))
    assert (told["raised"], told["hits"], told["findings"][0]["who"]) == (1, 5, "eve")
    assert "one finding would have been raised" in soc("rules", "backtest", rule_id)
    soc("rules", "backtest", "no-such-rule", code=2)
