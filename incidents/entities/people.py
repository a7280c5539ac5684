"""Who stands behind an entity's events: of a table and an address the accounts, of an application whom it asks for."""

from functools import partial

from incidents.entities.applications import asked_for
from incidents.entities.looking import Look
from incidents.entities.parties import (
    ACCOUNTS,
    PEOPLE,
    Parties,
    account_of,
    grouped,
    known_before,
    narrowed,
    parties_of,
)
from soc.entities import Kind


def people_of(look: Look, *, threshold: int) -> Parties:
    """Ask who they are, and who was there before: two questions of the store, three where they are very many."""
    if look.entity.kind is Kind.APPLICATION:
        return asked_for(look, threshold=threshold)
    groups = grouped(look.store, look.lately, PEOPLE)
    known = known_before(look.store, look.lately, look.window, ACCOUNTS)
    return parties_of(groups, known, partial(narrowed, look.entity.query, PEOPLE), account_of)
