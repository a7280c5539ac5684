"""What a detector would have raised: each stored day judged by the days before it, nothing stored."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from detectors.behaviour.assess import Assessed, judge_of
from detectors.behaviour.facts import EntityDay
from detectors.behaviour.reasons import finding_of
from detectors.behaviour.season import REACH
from detectors.behaviour.store import days_between, newest_day
from soc.text import t

_SHOWN = 20


@dataclass(frozen=True)
class WouldRaise:
    """A finding that would have been raised."""

    day: date
    account: str
    score: int
    title: str


@dataclass(frozen=True)
class Backtest:
    """``judged`` entity-days were judged, on ``days`` days; ``learning`` days had too little before them."""

    days: int
    learning: int
    judged: int
    raised: tuple[WouldRaise, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints."""
        return {
            "days": self.days,
            "learning": self.learning,
            "judged": self.judged,
            "raised": len(self.raised),
            "per_day": dict(sorted(Counter(one.day.isoformat() for one in self.raised).items())),
            "findings": [
                {"day": one.day.isoformat(), "account": one.account, "score": one.score, "title": one.title}
                for one in self.raised
            ],
        }

    def render(self, org: str) -> str:
        """Return it in words."""
        head = t("behaviour.backtest", org=org, days=self.days, judged=self.judged, count=len(self.raised))
        rows = [f"{one.day}  {one.score:3d}  {one.title}" for one in self.raised[:_SHOWN]]
        return "\n".join([head, *rows])


def walk_forward(session: Session, org: str, days: int, threshold: int) -> Backtest:
    """Judge the last ``days`` days of an organisation's logs; findings from ``threshold`` (0 to 100) on."""
    newest = newest_day(session, org)
    if newest is None:
        return Backtest(0, 0, 0, ())
    first = newest - timedelta(days=days - 1)
    known = days_between(session, org, first - REACH, newest + timedelta(days=1))
    learning = judged = 0
    raised: list[WouldRaise] = []
    for number in range(days):
        day = first + timedelta(days=number)
        today = [one for one in known if one.day == day]
        found = judged_day(known, today, day)
        learning += found is None
        judged += len(found or ())
        raised += [_would_raise(one, org) for one in found or () if one.unusual.score >= threshold]
    return Backtest(days, learning, judged, tuple(sorted(raised, key=lambda one: -one.score)))


def judged_day(known: list[EntityDay], today: list[EntityDay], day: date) -> list[Assessed] | None:
    """Judge one day by the thirty before it and earlier ones like it; None where too little is known."""
    judge = judge_of(day, known)
    return judge.assess(today) if judge.ready else None


def _would_raise(one: Assessed, org: str) -> WouldRaise:
    return WouldRaise(one.day.day, one.day.key.account, one.unusual.score, finding_of(one, org).title.render())
