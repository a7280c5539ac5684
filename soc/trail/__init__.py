"""The trail: who did what to which thing, written in the change's own transaction.

Every service that changes something calls :func:`record`. The entry is sealed by a key that
lives outside the database; one integrator (``audit.trail``) puts it into the Merkle log.
"""

from soc.trail.acts import Act
from soc.trail.models import TrailEntry
from soc.trail.record import Deed, Subject, record, record_each

__all__ = ["Act", "Deed", "Subject", "TrailEntry", "record", "record_each"]
