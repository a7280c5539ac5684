"""What every move of a run needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from playbooks.models import PlaybookRun
from playbooks.variables import values_of
from playbooks.workflow import Workflow
from soc.identity.actor import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """A run, the document it follows, and who moves it now."""

    session: Session
    actor: Actor
    run: PlaybookRun
    workflow: Workflow
    at: datetime

    def values(self, step_id: str) -> dict[str, Any]:
        """Return the variables' values as the step sees them."""
        return values_of(self.run.variables, self.workflow.step(step_id).get("step_variables"))
