"""What goes between the parent and its workers: a task once, then units out and outcomes back. No value of a source."""

from dataclasses import dataclass, field

from detectors.discovery.scan import Found
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import GradingPolicy
from soc.errors import SocError
from soc.ledger.own_types import OwnDefinition


@dataclass(frozen=True, slots=True)
class Task:
    """What every unit of a scan has in common; the address may hold a password and is sent, not given as an argument.

    ``bare`` reads and looks at nothing: what reading alone costs.
    """

    address: str
    sampling: Sampling
    policy: GradingPolicy
    language: str
    sketch_key: bytes | None = field(default=None, repr=False)
    bare: bool = False
    #: the recognizers that the organisation has of its own
    own: tuple[OwnDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One unit read: what was found, and what it cost. ``away`` says that the source did not answer."""

    unit: Unit
    found: list[Found] = field(default_factory=list)
    rows: int = 0
    cells: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    away: SocError | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has its task and takes units."""
