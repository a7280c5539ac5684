"""When a finding is expected: the terms of an exception, and whether they cover what a detector tells.

Terms say of which detectors whose findings, on which tables, how many rows and how grave at most, and within which hours.
What goes beyond any of them is raised as before: an exception for the nightly dump does not hide a theft by its account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self
from zoneinfo import ZoneInfo

from detectors.findings import Finding
from incidents.alerts.grouping import Raised
from soc.exposure import Figure

_DAY = 24


#: what terms look at: a finding as it is kept, or as it is taken in
Told = Finding | Raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an exception covers. Empty text or tables, and None, do not narrow.

    ``from_hour`` and ``to_hour`` are local hours, 0 to 23 and 1 to 24, the end not included; 22 to 6 spans midnight.
    """

    detectors: tuple[str, ...]
    entity: str = ""
    tables: tuple[str, ...] = ()
    rows_at_most: int | None = None
    score_at_most: int = 100
    from_hour: int | None = None
    to_hour: int | None = None

    def covers(self, told: Told, zone: ZoneInfo) -> bool:
        """Tell whether a finding is what these terms expect; a figure nobody bounds exceeds every bound."""
        same = detector_of(told.kind, told.rule_id) in self.detectors and self.entity in {"", told.entity}
        return same and told.score <= self.score_at_most and self._few(told.rows) and self._at_home(told, zone)

    def _few(self, rows: Figure) -> bool:
        return self.rows_at_most is None or (rows.high is not None and rows.high <= self.rows_at_most)

    def _at_home(self, told: Told, zone: ZoneInfo) -> bool:
        if self.tables and not (tables_of(told.details) and set(tables_of(told.details)) <= set(self.tables)):
            return False
        return self.from_hour is None or self.to_hour is None or self._in_hours(told, zone)

    def _in_hours(self, told: Told, zone: ZoneInfo) -> bool:
        """Whether it begins and ends in one and the same stretch of these hours."""
        assert self.from_hour is not None
        assert self.to_hour is not None
        length = (self.to_hour - self.from_hour - 1) % _DAY + 1
        first = told.first_at.astimezone(zone)
        since = (first.hour - self.from_hour) % _DAY + first.minute / 60 + first.second / 3600
        lasted = (told.last_at - told.first_at).total_seconds() / 3600
        return since < length and since + lasted <= length

    def as_json(self) -> dict[str, Any]:
        """What is proposed, and stored with the proposal."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what :meth:`as_json` wrote."""
        return cls(**{**stored, **{name: tuple(stored[name]) for name in ("detectors", "tables")}})


def detector_of(kind: str, rule_id: str | None) -> str:
    """What a detector is called in terms: ``rule/<id>`` for a rule, else its kind."""
    return f"{kind}/{rule_id}" if rule_id else str(kind)


def parts_of(detector: str) -> tuple[str, str]:
    """The kind and the rule's id ("" for what is no rule) of :func:`detector_of`."""
    kind, _, rule_id = detector.partition("/")
    return kind, rule_id


def tables_of(details: Mapping[str, Any]) -> Sequence[str]:
    """The tables a finding tells of; none where it names none."""
    return details.get("tables") or ()


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
