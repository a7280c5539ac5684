"""What can go wrong with alerts and incidents, as people get to read it."""

from soc.errors import ConflictError, InputError


class AlertClosedError(ConflictError):
    """The alert is closed, or stands in an incident already."""


class VerdictError(InputError):
    """A closed alert needs a verdict and a word of why."""


class SnoozeError(InputError):
    """A snooze needs a comment and an end in the future."""


class IncidentStateError(ConflictError):
    """The incident is not where this could be done."""


class TierError(ConflictError):
    """There is no tier to go to, or it is not one below."""


class EvidenceHeldError(ConflictError):
    """The evidence is not released: a second person has to agree first."""
