"""What a backtest tells: alerts by day and by organisation, what people said of the same events, what it costs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.sigma.history import MOST_EVENTS, Judged, Would
from detectors.sigma.models import RuleCounter
from soc.registry import rooms
from soc.room import resolve
from soc.text import t

#: findings and newest events that are named
MOST_NAMED, NEWEST = 20, 10


@dataclass(frozen=True, slots=True)
class KeptBack:
    """An exception in force, and how many of the alerts it would keep back."""

    id: str
    title: dict[str, Any]
    alerts: int


@dataclass(frozen=True, slots=True)
class Met:
    """What people said of alerts that hold events which the rule hits, by verdict, and how many of them are open.

    ``unseen`` are the alerts that would be raised of events which no alert holds; ``queue`` is how many alerts the queue
    would show, had nobody closed one, since it joins what one entity does. ``kept_back`` would be kept back by exceptions
    in force, of which ``by`` names those of the organisations looked at.
    """

    verdicts: dict[str, int]
    open: int
    unseen: int
    queue: int
    kept_back: int
    by: tuple[KeptBack, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCount:
    """What a rule hit on one day, in local time, and what it would have raised."""

    day: str
    hits: int
    alerts: int


@dataclass(frozen=True, slots=True)
class OrgCount:
    """The same of one organisation."""

    org: str
    hits: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Named:
    """An event that the rule hits."""

    uid: str
    at: str
    org: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU, microseconds of matching for a thousand events, and percent of what all rules in use cost an event.

    ``share`` is None where no rule has been matched here yet, or nothing was read.
    """

    cpu_seconds: float
    micros: float
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a rule would have done at an organisation from ``since`` until ``until`` (ISO 8601).

    ``read`` events were matched, ``hits`` of them fulfil the rule; of a correlation ``below`` hit the rules it stands on.
    ``cut`` says that these were too many, and that only those ``since`` then were counted.
    """

    org: str
    rule_id: str
    since: str
    until: str
    read: int
    hits: int
    below: int | None
    cut: bool
    raised: int
    days: tuple[DayCount, ...]
    orgs: tuple[OrgCount, ...]
    findings: tuple[dict[str, Any], ...]
    newest: tuple[Named, ...]
    cost: Cost
    met: Met | None = None
    #: it serves correlations alone, and raises nothing itself
    quiet: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints and a run keeps."""
        return asdict(self) | {"per_day": {one.day: one.alerts for one in self.days if one.alerts}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what :meth:`as_json` wrote."""
        met = kept["met"]
        parts = {
            "days": tuple(DayCount(**one) for one in kept["days"]),
            "orgs": tuple(OrgCount(**one) for one in kept["orgs"]),
            "findings": tuple(kept["findings"]),
            "newest": tuple(Named(**one) for one in kept["newest"]),
            "cost": Cost(**kept["cost"]),
            "met": met and Met(**{**met, "by": tuple(KeptBack(**one) for one in met["by"])}),
        }
        return cls(**{key: value for key, value in kept.items() if key != "per_day"} | parts)

    def render(self) -> str:
        """Return it in words."""
        head = t("rules.history", org=self.org, read=self.read, hits=self.hits, count=self.raised)
        met = [t("backtests.met_line", None, **_of(self.met))] if self.met else []
        cost = t("backtests.cost_line", seconds=f"{self.cost.cpu_seconds:.2f}", micros=f"{self.cost.micros:.1f}")
        rows = [f"{one['last'][:16]}Z  {one['events']:6d}  {one['who']}" for one in self.findings]
        return "\n".join([head, *([t("rules.history_cut", count=MOST_EVENTS)] if self.cut else []), *met, cost, *rows])


def _of(met: Met) -> dict[str, int]:
    told = {name: met.verdicts.get(name, 0) for name in ("true_positive", "benign", "false_positive")}
    return told | {"open": met.open, "unseen": met.unseen, "kept_back": met.kept_back}


def history_of(
    session: Session, settings: Settings, found: Judged, org: str, orgs: frozenset[str], rule_id: str
) -> History:
    """Sum up what was found at ``org``, of the events of ``orgs``; what upper rooms know of the same is asked of them."""
    would, hits = found.would, found.hits
    return History(
        org=org,
        rule_id=rule_id,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        read=found.read,
        hits=hits.height,
        below=found.below,
        cut=found.cut,
        raised=len(would),
        days=_days(found, settings.timezone),
        orgs=_orgs(found),
        findings=tuple(_named(one) for one in sorted(would, key=lambda one: (-one.events, one.last))[:MOST_NAMED]),
        newest=tuple(Named(uid, at.isoformat(), code) for uid, at, code in hits.head(NEWEST).iter_rows()),
        cost=_cost(session, found),
        met=_met(session, settings, found, orgs),
        quiet=found.quiet,
    )


def _days(found: Judged, zone: ZoneInfo) -> tuple[DayCount, ...]:
    """Every day that was looked at, those without a hit among them."""
    hits = Counter(at.astimezone(zone).date() for at in found.hits["time"])
    alerts = Counter(one.last.astimezone(zone).date() for one in found.would)
    first, last = (one.astimezone(zone).date() for one in (found.since, found.until))
    spanned = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(DayCount(day.isoformat(), hits[day], alerts[day]) for day in spanned)


def _orgs(found: Judged) -> tuple[OrgCount, ...]:
    """The organisations that anything would have come of, those with most alerts first."""
    hits = Counter(found.hits["guanlan.org"].to_list())
    alerts = Counter(one.told.org for one in found.would)
    several = (OrgCount(org, hits[org], alerts[org]) for org in hits.keys() | alerts.keys())
    return tuple(sorted(several, key=lambda one: (-one.alerts, -one.hits, one.org)))


def _named(one: Would) -> dict[str, Any]:
    return {"who": one.who, "first": one.first.isoformat(), "last": one.last.isoformat(), "events": one.events}


def _cost(session: Session, found: Judged) -> Cost:
    """What it cost, beside what the counters of the ingest say that all rules together cost an event."""
    rows = session.execute(select(RuleCounter.cost_us, RuleCounter.events).where(RuleCounter.events > 0)).all()
    together = sum(cost / events for cost, events in rows)
    each = found.cost.micros / found.read if found.read else 0.0
    share = round(100 * each / together, 1) if together and found.read else None
    return Cost(round(found.cost.cpu_seconds, 3), round(1000 * each, 2), share)


def _met(session: Session, settings: Settings, found: Judged, orgs: frozenset[str]) -> Met | None:
    meets = [resolve(one.meet) for room in rooms() for one in room.foresights]
    told, hit = [one.told for one in found.would], frozenset(found.hits["metadata.uid"])
    each: list[Met] = [meet(session, settings, orgs, told, hit, _span(found)) for meet in meets]
    return each[0] if each else None


def _span(found: Judged) -> tuple[datetime, datetime]:
    return found.since, found.until
