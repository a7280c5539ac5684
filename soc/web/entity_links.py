"""Where a value of the logs leads: the page of what it names, for who may see it."""

from flask import g, url_for

from soc.entities import ACCOUNT, KINDS, LogEntity, entity_of_value, reference_of
from soc.web.context import current_settings

#: who may open the pages
PERMISSION = "alerts.read"
#: a longer name is nobody's, and its address would be longer than servers take
LONGEST = 500


def entity_page(field: str, value: object, org: str = "", database: str = "") -> str:
    """Return the address of the page of what a column's value names; "" where there is none for the reader."""
    actor = g.get("actor")
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or field not in KINDS:
        return ""
    if actor is None or not actor.may(PERMISSION):
        return ""
    if field == ACCOUNT:
        return url_for("alerts.account", name=value, org=org) if org else ""
    return page_of(entity_of_value(field, value, org=org, database=database))


def page_of(entity: LogEntity) -> str:
    """Return the address of an entity's page."""
    return url_for(f"entities.{entity.kind}", reference=reference_of(current_settings(), entity))
