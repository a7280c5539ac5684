"""The ledger's services by name: scans come in, owners decide, fields are kept, every change has its history."""

from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from soc.identity.actor import Actor
from soc.ledger.changes import full_history, history_of, history_of_place
from soc.ledger.decisions import Correction, confirm_item, correct_item
from soc.ledger.intake import store_scan
from soc.ledger.keeping import Edit, edit, edit_many, preview
from soc.ledger.models import LedgerItem
from soc.tiers.scope import find_within, within

__all__ = [
    "Correction",
    "Edit",
    "confirm_item",
    "correct_item",
    "edit",
    "edit_many",
    "find_item",
    "full_history",
    "history_of",
    "history_of_place",
    "preview",
    "store_scan",
]


def find_item(session: Session, actor: Actor, item_id: str) -> LedgerItem:
    """Return one item with its table and source.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    find_within(session, actor, LedgerItem, item_id)
    query = within(actor, LedgerItem).options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))
    return session.scalars(query.where(LedgerItem.id == UUID(str(item_id)))).one()
