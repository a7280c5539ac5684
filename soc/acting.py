"""For whom a session acts: what it may read and write, wherever its statements come from.

Every session carries an :class:`Acting`; PostgreSQL's row-level security and the check before each
flush hold it to that (:mod:`soc.tiers.rowlevel`, :mod:`soc.tiers.guard`). A request acts for the
person or token that sent it, a job and the machine's own command line for the installation. What
must see everything before anybody is known, or for everybody, is a :class:`SystemPath`, named here
and nowhere else. A session without either sees no row that belongs to somebody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from soc.identity.actor import Actor, LineGrant

#: the path that stands for every organisation
EVERYTHING = "*"


class SystemPath(StrEnum):
    """What acts for the installation as a whole, and why it must."""

    #: who holds this cookie, token or password? nobody is known yet
    SIGN_IN = "sign-in"
    #: a name is taken, or there is a second administrator, whoever may see them
    UNIQUE = "unique"
    #: the schema and the default content, before there are persons
    SETUP = "setup"
    #: whoever runs commands on the machine itself
    OPERATOR = "operator"
    #: runs of all organisations, taken by one worker
    JOBS = "jobs"
    #: news between rooms, upwards too: a county's finding opens the city's incident
    OUTBOX = "outbox"
    #: batches of all organisations, from the spool to the log store
    INGEST = "ingest"
    #: the order and the proofs of the trail are over all of its entries
    TRAIL = "trail"
    #: all rows, out and in again
    BACKUP = "backup"
    #: gauges of the whole installation, for Prometheus
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Acting:
    """The organisations a session acts for: those below ``path``, and lines granted across tiers."""

    name: str
    org: str
    path: str
    lines: tuple[LineGrant, ...] = field(default=())

    @classmethod
    def of(cls, actor: Actor) -> "Acting":
        """Act for a person, a token, a job or the operator."""
        return cls(actor.id, actor.org, actor.org_path, actor.lines)

    @classmethod
    def system(cls, path: SystemPath) -> "Acting":
        """Act for the installation as a whole."""
        return cls(f"system:{path}", "", EVERYTHING)

    @property
    def sees_all(self) -> bool:
        """Whether nothing is outside: a system path, or the organisation above all others."""
        return self.path == EVERYTHING or self.path.count("/") == 2

    def settings(self) -> Mapping[str, str]:
        """Return what PostgreSQL's policies are told, for one transaction."""
        lines = [{"line": one.line, "root": one.root_path} for one in self.lines]
        return {
            "org": self.org,
            "path": EVERYTHING if self.sees_all else self.path,
            "lines": json.dumps(lines, ensure_ascii=False) if lines else "",
        }
