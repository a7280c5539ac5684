"""The nightly look for drift, and its figures for ``/metrics``."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.behaviour.jobs import organisations
from detectors.drift.models import BehaviourDrift
from detectors.drift.service import LASTING, look, newest_looks
from soc.identity.actors import job_actor
from soc.jobs import JobContext

_ACTOR = "drift"


def watch(context: JobContext) -> None:
    """Look at every organisation's logs; each is a transaction of its own."""
    for org in organisations(context.database):
        with context.database.write() as session:
            look(session, job_actor(session, _ACTOR), org)


def collect(session: Session, settings: Settings) -> list[tuple[str, str, Mapping[str, str], float]]:
    """Return of each organisation and figure how far it moved for its bound, and whether that lasts."""
    found: list[tuple[str, str, Mapping[str, str], float]] = []
    for row in session.scalars(newest_looks().order_by(BehaviourDrift.org, BehaviourDrift.figure)):
        named = {"org": row.org, "figure": row.figure}
        moved, bound = "How far a figure of behaviour has moved (PSI)", "How far it may seem to move by chance (PSI)"
        found += [
            ("guanlan_drift_moved", moved, named, row.moved),
            ("guanlan_drift_bound", bound, named, row.noise),
            ("guanlan_drift_lasting", "Whether it lasts", named, float(row.days_beyond >= LASTING)),
        ]
    return found
