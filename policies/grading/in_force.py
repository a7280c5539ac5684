"""Which policy holds for each organisation: its own document under those of the tiers above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies.grading.chain import strictest
from policies.grading.policy import KIND, GradingPolicy, default_body
from soc.tiers.models import Organisation
from soc.versions.models import PolicyVersion, VersionStatus

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """The documents in force by organisation, and the path of each organisation."""

    documents: Mapping[str, Body]
    paths: Mapping[str, str]
    _known: dict[tuple[str, ...], GradingPolicy] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, session: Session) -> "InForce":
        """Read what is in force now."""
        active = select(PolicyVersion.org, PolicyVersion.body).where(
            PolicyVersion.kind == KIND, PolicyVersion.status == VersionStatus.ACTIVE
        )
        paths = select(Organisation.code, Organisation.path)
        return cls(
            {row.org: row.body for row in session.execute(active)},
            {row.code: row.path for row in session.execute(paths)},
        )

    def replaced(self, org: str, body: Body) -> "InForce":
        """The same with another document for one organisation."""
        return replace(self, documents={**self.documents, org: body}, _known={})

    def bodies(self, org: str) -> Sequence[Body]:
        """The documents that hold for an organisation, from the top down; the shipped one where there is none."""
        return [self.documents[code] for code in self._places(org)] or [default_body()]

    def policy(self, org: str) -> GradingPolicy:
        """The strictest of what holds for an organisation."""
        places = self._places(org)
        if places not in self._known:
            self._known[places] = strictest(self.bodies(org))
        return self._known[places]

    def _places(self, org: str) -> tuple[str, ...]:
        return tuple(code for code in self.paths.get(org, "").strip("/").split("/") if code in self.documents)
