"""Events that come in batch by batch, as the ingest pipeline takes them, and what correlations make of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from detectors.findings import Finding
from detectors.sigma.bursts import CorrelationBurst, key_of_group
from detectors.sigma.correlating import Correlating
from detectors.sigma.fields import TAXONOMY
from detectors.sigma.findings import raise_hits
from detectors.sigma.flatten import flatten
from detectors.sigma.reading import Limits
from detectors.sigma.rules import match_flat, read_rules
from detectors.sigma.service import keep_rules
from detectors.sigma.source import FlatSource
from detectors.sigma.stage import tag_hits
from detectors.sigma.touched import note_touched
from detectors.sigma.watching import Watch
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore.port import LogStore
from soc.room import BatchContext
from tests.conftest import NOON
from tests.detectors.sigma.test_stage import frame_of

ORG = "440000"
EVENT: dict[str, Any] = {
    "guanlan.org": ORG, "metadata.log_name": "linux_auth", "class_uid": 3002, "activity_id": 1,
    "api.operation": "ssh_login",
}  # fmt: skip


@dataclass
class Stream:
    """An installation that takes events in and looks for correlations."""

    database: Database
    store: LogStore
    org: str = ORG
    limits: Limits = field(default_factory=Limits)
    #: events as they were sent, by uid
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep(self, folder: Path) -> dict[str, int]:
        """Import a folder of rules."""
        with self.database.write() as session:
            return keep_rules(session, operator_actor(session), read_rules(folder))

    def take(self, events: Sequence[dict[str, Any]], *, batch: str) -> None:
        """Take a batch in, all the way; the same batch again is what a crash makes of it."""
        self.store_only(events, batch=batch)
        context = self.context()
        frame = tag_hits(context, frame_of(*(self._whole(one, batch) for one in events)))
        note_touched(context, raise_hits(context, frame))

    def store_only(self, events: Sequence[dict[str, Any]], *, batch: str) -> None:
        """Store a batch as far as the append."""
        rows = [self._whole(one, batch) for one in events]
        self.sent.update({row["metadata.uid"]: row for row in rows})
        self.store.append(tag_hits(self.context(), frame_of(*rows)), batch=f"{self.org}/{batch}")

    def look(self) -> None:
        """Let the job look until nothing is due."""
        for _ in range(20):
            if not Watch(self.database, self.store, self.limits).turn():
                return

    def context(self) -> BatchContext:
        """What the stages get."""
        return BatchContext(
            database=self.database, settings=self.database.settings, store=self.store, org=self.org, log_name="x"
        )

    def bursts(self) -> list[CorrelationBurst]:
        """What was told, by time."""
        with self.database.read() as session:
            return list(session.scalars(select(CorrelationBurst).order_by(CorrelationBurst.begins)))

    def findings(self) -> list[Finding]:
        """What was raised, in its order."""
        with self.database.read() as session:
            return list(session.scalars(select(Finding).order_by(Finding.raised_at, Finding.id)))

    def by_file(self, folder: Path) -> dict[str, set[str]]:
        """What ``soc rules test`` says of all the events that were sent: uids by rule id."""
        rows = [flatten(row) for row in self.sent.values()]
        rules, uids, source = read_rules(folder), list(self.sent), FlatSource(rows, TAXONOMY)
        correlating = Correlating(rules)
        correlating.take(match_flat(rules, source), range(len(rows)), source)
        return {str(rules[place].id): {uids[one] for one in found} for place, found in correlating.found().items()}

    def _whole(self, event: dict[str, Any], batch: str) -> dict[str, Any]:
        return {
            **EVENT,
            "guanlan.org": self.org,
            "guanlan.batch": f"{self.org}/{batch}",
            "guanlan.position": 0,
            **event,
        }


def login(number: int, second: float, user: str, ok: bool, **more: Any) -> dict[str, Any]:
    """A login at ``second`` after noon."""
    return {
        "metadata.uid": f"u{number}", "time": NOON + timedelta(seconds=second), "actor.user.name": user,
        "status_id": 1 if ok else 2, "src_endpoint.ip": "10.0.0.9", **more,
    }  # fmt: skip


def a_folder(folder: Path, *documents: str) -> Path:
    """Write rules into a folder."""
    made = folder / "rules"
    made.mkdir(exist_ok=True)
    for number, text in enumerate(documents):
        (made / f"{number}.yml").write_text(text, encoding="utf-8")
    return made


FAILED = """title: Failed login
id: 21111111-0000-4000-8000-000000000001
name: failed
logsource: {category: authentication}
detection:
    selection: {status_id: 2}
    condition: selection
"""
DONE = """title: Login
id: 21111111-0000-4000-8000-000000000002
name: done
logsource: {category: authentication}
detection:
    selection: {status_id: 1}
    condition: selection
"""


def a_correlation(body: str, number: int = 3, name: str = "guessing") -> str:
    """A correlation of the two rules above."""
    return f"title: Guessed\nid: 21111111-0000-4000-8000-00000000000{number}\nname: {name}\nlevel: high\ncorrelation:\n{body}"


COUNTED = a_correlation("    {type: event_count, rules: [failed], group-by: [actor.user.name], timespan: 60s, "
                        "condition: {gte: 3}}\n")  # fmt: skip
VALUES = a_correlation("    {type: value_count, rules: [failed, done], group-by: [actor.user.name], timespan: 60s, "
                       "condition: {gte: 3, field: src_endpoint.ip}}\n", 4, "values")  # fmt: skip
BOTH = a_correlation(
    "    {type: temporal, rules: [failed, done], group-by: [actor.user.name], timespan: 20s}\n", 5, "both"
)
ORDERED = a_correlation(
    "    {type: temporal_ordered, rules: [failed, done], group-by: [actor.user.name], timespan: 20s}\n", 6, "ordered"
)
NESTED = a_correlation("    {type: temporal_ordered, rules: [guessing, done], group-by: [actor.user.name], "
                       "timespan: 30s}\n", 7, "nested")  # fmt: skip
#: by the last digit of a correlation: the status of the logins that its rules hit
HITS = {"3": {2}, "4": {1, 2}, "5": {1, 2}, "6": {1, 2}, "7": {1, 2}}


def told_by_stream(stream: Stream, bursts: Sequence[CorrelationBurst] | None = None) -> dict[str, set[str]]:
    """The events of the bursts of each correlation, of all or of some: the group's hits from a burst's beginning to its end."""
    found: dict[str, set[str]] = {}
    for burst in stream.bursts() if bursts is None else bursts:
        for uid, row in stream.sent.items():
            inside = burst.begins <= row["time"] <= burst.ends and row["status_id"] in HITS[burst.rule_id[-1]]
            if inside and key_of_group((row["actor.user.name"],)) == burst.group_key:
                found.setdefault(burst.rule_id, set()).add(uid)
    return found
