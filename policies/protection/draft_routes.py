"""Pages of a person's draft of the protection policy."""

from flask import Blueprint

from policies.protection.copy import working_copy
from policies.protection.document import text_of
from policies.protection.drafts import DRAFTS
from policies.protection.service import body_for, what_if
from soc.web.drafting import Desk, install_drafting

bp = Blueprint("protection_draft", __name__, url_prefix="/protection/draft", template_folder="templates")
install_drafting(
    bp,
    Desk(
        drafting=DRAFTS,
        home="protection.index",
        download="protection.download",
        folder="protection",
        copy=working_copy,
        what_if=lambda session, actor, body: what_if(session, actor, body_for(session, actor.org), body),
        text=text_of,
    ),
)
