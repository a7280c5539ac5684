"""An organisation's own log formats as commands and the API deal with them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from audit.ingest.formats.own import KIND
from audit.ingest.maker.check import FIELDS
from audit.ingest.maker.service import TABLES
from soc.approvals.models import Approval
from soc.identity.actor import Actor
from soc.versions import service as versions
from soc.versions.documents import Document
from soc.versions.service import Order


def ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its keys in the order of the editor: a store may not keep them."""
    tables = [{key: one[key] for key in FIELDS if key in one} for one in body.get("formats", ())]
    return {"title": body.get("title", ""), "formats": tables}


def submit(session: Session, actor: Actor, org: str, order: Order) -> Approval:
    """Propose a whole document; see :func:`soc.versions.service.submit`."""
    return versions.submit(session, actor, KIND, org, order)


DOCUMENT = Document(kind=KIND, held=TABLES.body_of, ordered=ordered, submit=submit)
