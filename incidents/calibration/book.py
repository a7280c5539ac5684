"""A version of what points are worth, as it is kept: curves, the verdicts behind them, and how it did on later ones.

The body of a version is ``{"title", "until", "verdicts", "real", "curves": {detector: {"chance", "low", "high"}},
"judged": {detector: [[score, judged, real], …]}, "held_out": {…}}``; chances are thousandths, 101 of them by score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.calibration.curve import SCORES, WHOLE, Curve, Tally, fit_curves
from detectors.calibration.measures import Quality
from incidents.calibration.judged import Judged, real_among, tallies
from soc.tiers.models import Organisation
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.values import Problem

KIND = "calibration"
#: alerts of one detector whose points are this near are called alike
NEAR = 10
_ROWS: tuple[Literal["chance", "low", "high"], ...] = ("chance", "low", "high")


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely an alert is a true one, in thousandths, and what that rests on."""

    chance: int
    low: int
    high: int
    #: decided alerts of this detector with about as many points, and those of them that proved true
    judged: int
    real: int
    #: all verdicts that were learnt from
    verdicts: int
    #: whose version, and which
    org: str
    version: int

    def basis(self) -> dict[str, Any]:
        """Return what is kept with the alert beside the chance itself."""
        return {name: value for name, value in asdict(self).items() if name != "chance"}


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a version and what stood before it did on verdicts that neither had learnt from; the latter None at first."""

    verdicts: int
    real: int
    since: str
    mine: Quality
    #: of the version in use, or (``number`` None) of saying the share of true ones of every alert
    other: Quality
    number: int | None
    #: [judged, real, mean said] of each band
    bands: Sequence[Sequence[float]]

    @property
    def replaces(self) -> bool:
        """Whether it is not worse by either measure."""
        return self.mine.not_worse_than(self.other)


class Book:
    """A version's body, to be asked."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.verdicts, self.real = int(body["verdicts"]), int(body["real"])
        self.until = datetime.fromisoformat(body["until"])
        self.curves = {
            kind: Curve(tuple(one["chance"]), tuple(one["low"]), tuple(one["high"]))
            for kind, one in body["curves"].items()
        }
        self.judged = {kind: _tally(rows) for kind, rows in body["judged"].items()}
        #: None of what is being compared for the first time
        self.held_out = _held_out(body["held_out"]) if "held_out" in body else None

    def chance(self, kind: str, score: int) -> int | None:
        """The chance of an alert in thousandths; None of a detector that was not there when it was learnt."""
        curve = self.curves.get(kind)
        return curve.chance[score] if curve else None

    def alike(self, kind: str, score: int) -> tuple[int, int]:
        """Decided alerts of one detector with about as many points, and how many of them proved true."""
        held, first = self.judged[kind], max(0, score - NEAR)
        near = slice(first, score + NEAR + 1)
        return int(held.judged[near].sum()), int(held.real[near].sum())

    def likelihood(self, kind: str, score: int, org: str, version: int) -> Likelihood | None:
        """What is told of an alert."""
        curve = self.curves.get(kind)
        if curve is None:
            return None
        judged, real = self.alike(kind, score)
        chance, low, high = (getattr(curve, row)[score] for row in _ROWS)
        return Likelihood(chance, low, high, judged, real, self.verdicts, org, version)


def learn(judged: Sequence[Judged]) -> dict[str, Any]:
    """Learn a body from verdicts (one at least); what it is worth on later ones is not in it yet."""
    counted = tallies(judged)
    curves = fit_curves(counted)
    return {
        "title": KIND,
        "until": judged[-1].at.isoformat(),
        "verdicts": len(judged),
        "real": real_among(judged),
        "curves": {kind: {row: list(getattr(one, row)) for row in _ROWS} for kind, one in curves.items()},
        "judged": {kind: _rows(one) for kind, one in counted.items()},
    }


def held_out_body(held: HeldOut) -> dict[str, Any]:
    """Write down how a version did, as its body keeps it."""
    return asdict(held)


def _held_out(body: Mapping[str, Any]) -> HeldOut:
    return HeldOut(**{**body, "mine": Quality(**body["mine"]), "other": Quality(**body["other"])})


def _rows(one: Tally) -> list[list[int]]:
    return [[score, int(one.judged[score]), int(one.real[score])] for score in range(SCORES) if one.judged[score]]


def _tally(rows: Sequence[Sequence[int]]) -> Tally:
    found = Tally.of(())
    for score, judged, real in rows:
        found.judged[score], found.real[score] = judged, real
    return found


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Say what is wrong with a body: a curve that falls, or leaves what a chance can be."""
    found = []
    for kind, rows in dict(body.get("curves", {})).items():
        for row in _ROWS:
            values = rows.get(row, ())
            whole = len(values) == SCORES and all(isinstance(one, int) and 0 < one < WHOLE for one in values)
            if not whole or list(values) != sorted(values):
                found.append(Problem(f"curves/{kind}/{row}", "calibration.problem.curve"))
    missing = {"until", "verdicts", "real", "curves", "judged", "held_out"} - body.keys()
    return found + [Problem(name, "calibration.problem.missing") for name in sorted(missing)]


@dataclass(frozen=True, slots=True)
class Held:
    """The version that counts somewhere: its own or the nearest one above."""

    id: UUID
    org: str
    number: int
    book: Book


def held_for(session: Session, org: str) -> Held | None:
    """Return the version that counts for an organisation, or None."""
    path = select(Organisation.path).where(Organisation.code == org).scalar_subquery()
    query = (
        select(PolicyVersion.id, PolicyVersion.org, PolicyVersion.number)
        .join(Organisation, Organisation.code == PolicyVersion.org)
        .where(PolicyVersion.kind == KIND, PolicyVersion.status == VersionStatus.ACTIVE)
        .where(path.startswith(Organisation.path))
        .order_by(Organisation.path.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    return Held(row.id, row.org, row.number, Book(session.get_one(PolicyVersion, row.id).body))
