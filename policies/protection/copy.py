"""What every page of the protection policy's editor shows: the document being edited, and the draft that it is, if it is one."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from policies.protection.document import ordered
from policies.protection.drafts import DRAFTS
from policies.protection.policy import policy_of
from soc.identity.actor import Actor
from soc.ledger.types import types
from soc.text import language
from soc.web.context import current_actor, current_session
from soc.web.drafting import standing


def working_copy(session: Session, actor: Actor) -> dict[str, object]:
    """Return the actor's draft of their organisation's policy, or the policy in force, with how the draft stands."""
    draft = DRAFTS.own(session, actor, actor.org)
    body = ordered(DRAFTS.shown(session, actor.org, draft))
    return standing(session, draft) | {
        "body": body,
        "policy": policy_of(body),
        "known_types": types(),
        "lang": language(),
        "may": actor.may,
    }


def edited_body() -> dict[str, Any]:
    """Return the document that an edit starts from: the actor's draft, else what is in force."""
    return DRAFTS.body(current_session(), current_actor(), current_actor().org)


def kept(body: dict[str, Any]) -> ResponseReturnValue:
    """Keep an edited document as the actor's draft, and go and see what it would do."""
    session, actor = current_session(), current_actor()
    draft = DRAFTS.edit(session, actor, actor.org, body)
    return redirect(url_for("protection_draft.show" if draft else "protection.index"))
