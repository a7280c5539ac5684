"""One kind of document that is a list of tables, each with an id: an organisation writes them one by one in a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.tiers.scope import in_scope
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.models import PolicyVersion

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """The documents of one kind; ``key`` is where a document has its tables."""

    kind: str
    key: str

    def body_of(self, session: Session, org: str) -> Body:
        """The organisation's own document in force; an empty one where there is none."""
        active = versions.active(session, self.kind, org)
        return active.body if active else {"title": "", self.key: []}

    def own_draft(self, session: Session, actor: Actor, org: str) -> PolicyVersion | None:
        """The actor's open draft for an organisation, or None."""
        return drafts.own_draft(session, actor, self.kind, org)

    def working_body(self, session: Session, actor: Actor, org: str) -> Body:
        """What the actor edits: their draft, else what is in force."""
        draft = self.own_draft(session, actor, org)
        return draft.body if draft else self.body_of(session, org)

    def keep(self, session: Session, actor: Actor, org: str, table: dict[str, Any]) -> PolicyVersion:
        """Put one table into the actor's draft, in place of the one of its id.

        Raises:
            NotFoundError: the organisation lies outside the actor's scope.
            FaultyBodyError: the document does not pass its check.
        """
        body = self.working_body(session, actor, org)
        others = [one for one in body[self.key] if one["id"] != table.get("id")]
        return self.edit(session, actor, org, {**body, self.key: [*others, table]})

    def take_out(self, session: Session, actor: Actor, org: str, name: str) -> PolicyVersion:
        """Take one table out of the actor's draft.

        Raises:
            NotFoundError: there is none of that id, or the organisation lies outside the actor's scope.
        """
        body = self.working_body(session, actor, org)
        left = [one for one in body[self.key] if one["id"] != name]
        if len(left) == len(body[self.key]):
            raise NotFoundError
        return self.edit(session, actor, org, {**body, self.key: left})

    def edit(self, session: Session, actor: Actor, org: str, body: dict[str, Any]) -> PolicyVersion:
        """Keep a changed document as the actor's draft.

        Raises:
            NotFoundError: the organisation lies outside the actor's scope.
            FaultyBodyError: the document does not pass its check.
        """
        if not in_scope(session, actor, org):
            raise NotFoundError
        body = {**body, "title": body.get("title") or self.kind}
        draft = self.own_draft(session, actor, org)
        if draft is None:
            active = versions.active(session, self.kind, org)
            base = active.number if active else None
            return versions.draft(session, actor, self.kind, org, body, title=body["title"], base=base)
        drafts.refuse_faulty(session, self.kind, org, body)
        drafts.rewrite(session, actor, draft, body)
        return draft

    def discard(self, session: Session, actor: Actor, org: str) -> None:
        """Throw the actor's draft away; its body stays in the history as refused."""
        drafts.discard(session, actor, self.kind, org)

    def propose(self, session: Session, actor: Actor, org: str, *, reason: str) -> Approval:
        """Ask a second person to put the actor's draft in force.

        Raises:
            InputError: there is no draft.
            ConflictError: it says what is in force already.
            StaleBaseError: another version came into force since it was begun; see :func:`soc.versions.drafts.sides`.
        """
        draft = self.own_draft(session, actor, org)
        if draft is None:
            raise InputError("errors.version_no_own_draft")
        active = versions.active(session, self.kind, org)
        if active is not None and active.body == draft.body:
            raise ConflictError("errors.version_same")
        return versions.propose(session, actor, draft, reason=reason)
