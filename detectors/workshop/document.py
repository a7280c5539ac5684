"""An organisation's own recognizers as commands and the API deal with them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from detectors.workshop.check import FIELDS
from detectors.workshop.service import body_of
from soc.approvals.models import Approval
from soc.identity.actor import Actor
from soc.ledger.own_types import KIND
from soc.versions import service as versions
from soc.versions.documents import Document
from soc.versions.service import Order
from soc.yaml_text import Bounds

#: dictionaries are long; see :mod:`detectors.workshop.check`
BOUNDS = Bounds(size=2 << 20, depth=10, values=250_000)


def ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its keys in the order of the editor: a store may not keep them."""
    tables = [{key: one[key] for key in FIELDS if key in one} for one in body.get("recognizers", ())]
    return {"title": body.get("title", ""), "recognizers": tables}


def submit(session: Session, actor: Actor, org: str, order: Order) -> Approval:
    """Propose a whole document; see :func:`soc.versions.service.submit`."""
    return versions.submit(session, actor, KIND, org, order)


DOCUMENT = Document(kind=KIND, held=body_of, ordered=ordered, submit=submit, bounds=BOUNDS)
