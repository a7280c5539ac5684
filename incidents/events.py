"""News of incidents, for the rooms above."""

from dataclasses import dataclass
from typing import ClassVar

from soc.events import Event


@dataclass(frozen=True, slots=True)
class IncidentOpened(Event):
    """Somebody, or the policy, took findings on as an incident."""

    name: ClassVar[str] = "incident.opened"
    incident_id: str
    org: str
    category: str
    level: str
    #: values a playbook may want: account, source, …
    facts: dict[str, str]
