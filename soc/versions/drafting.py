"""One kind of document as its editors work on it: a draft of each person's own, tried, then proposed or thrown away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.models import PolicyVersion


@dataclass(frozen=True, slots=True)
class Drafting:
    """The drafts of one kind.

    ``in_force`` finds the version they begin from, and makes it where there is none; ``held`` is the body that holds for
    an organisation, its own or one from above, and makes nothing.
    """

    kind: str
    in_force: Callable[[Session, Actor, str], PolicyVersion]
    held: Callable[[Session, str], Mapping[str, Any]]

    def own(self, session: Session, actor: Actor, org: str) -> PolicyVersion | None:
        """Return the actor's open draft for an organisation, or None."""
        return drafts.own_draft(session, actor, self.kind, org)

    def body(self, session: Session, actor: Actor, org: str) -> dict[str, Any]:
        """Return the document that an edit starts from: the actor's draft, else what holds."""
        return self.shown(session, org, self.own(session, actor, org))

    def shown(self, session: Session, org: str, draft: PolicyVersion | None) -> dict[str, Any]:
        """Return the body of a draft, else what holds."""
        return dict(draft.body if draft else self.held(session, org))

    def edit(self, session: Session, actor: Actor, org: str, body: dict[str, Any]) -> PolicyVersion | None:
        """Keep a changed document as the actor's draft; None where it says what is in force already.

        Raises:
            NotFoundError: the organisation lies outside the actor's scope.
            FaultyBodyError: the document does not pass its check, here or against the policy above.
        """
        draft = self.own(session, actor, org)
        base = self.in_force(session, actor, org)
        if draft is None:
            if body == base.body:
                return None
            title = str(body.get("title", self.kind))
            return versions.draft(session, actor, self.kind, org, body, title=title, base=base.number)
        drafts.refuse_faulty(session, self.kind, org, body)
        if draft.body != body:
            drafts.rewrite(session, actor, draft, body)
        return draft

    def discard(self, session: Session, actor: Actor, org: str) -> None:
        """Throw the actor's draft away; its body stays in the history as refused."""
        drafts.discard(session, actor, self.kind, org)

    def propose(
        self, session: Session, actor: Actor, org: str, *, reason: str, starts_at: datetime | None = None
    ) -> Approval:
        """Ask a second person to put the actor's draft in force.

        Raises:
            InputError: there is no draft.
            StaleBaseError: another version came into force since it was begun; see :func:`soc.versions.drafts.sides`.
        """
        draft = self.own(session, actor, org)
        if draft is None:
            raise InputError("errors.version_no_own_draft")
        return versions.propose(session, actor, draft, reason=reason, starts_at=starts_at)
