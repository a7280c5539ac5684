"""Chips of the top bar: what counts down for this person. Rooms return them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Chip:
    """One running clock: amber from 75% of its time, red from 90%."""

    label: str
    due_at: datetime
    started_at: datetime
    url: str
