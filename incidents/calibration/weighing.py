"""Telling each alert how likely it is a true one: when it comes, and again when another version counts."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.models import Alert, AlertStatus
from incidents.calibration.book import Held, held_for
from soc.identity.actor import Actor
from soc.tiers.scope import visible
from soc.versions.models import PolicyVersion


def weigh(session: Session, alert: Alert) -> None:
    """Tell one alert by the version that counts where it belongs; without one, its points stand alone."""
    _tell(alert, held_for(session, alert.org))


def weigh_waiting(session: Session, actor: Actor, version: PolicyVersion) -> None:
    """Tell every alert that is not closed anew, where ``version`` has come into force and nothing nearer counts.

    A closed one keeps what was said of it when it was decided.
    """
    held = nearest(session)
    for alert in session.scalars(select(Alert).where(visible(actor, Alert.org), Alert.status != AlertStatus.CLOSED)):
        found = held(alert.org)
        if found is not None and found.org == version.org:
            _tell(alert, found)


def nearest(session: Session) -> Callable[[str], Held | None]:
    """Return what finds the version that counts for an organisation, each asked for once."""
    known: dict[str, Held | None] = {}

    def found(org: str) -> Held | None:
        if org not in known:
            known[org] = held_for(session, org)
        return known[org]

    return found


def _tell(alert: Alert, held: Held | None) -> None:
    said = held.book.likelihood(alert.kind, alert.score, held.org, held.number) if held else None
    alert.likely = said.chance if said else None
    alert.likely_basis = said.basis() if said else None


def on_active(session: Session, actor: Actor, version: PolicyVersion) -> None:
    """Hear that a version is in force: what waits is told anew in the same transaction."""
    weigh_waiting(session, actor, version)
