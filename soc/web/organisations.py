"""An organisation's name where a row knows its code alone."""

from flask import g
from sqlalchemy import select

from soc.tiers.models import Organisation, Tier
from soc.tiers.names import shown_name
from soc.web.context import current_session


def org_name(code: str) -> str:
    """Return the name in the reader's language; the code itself where there is no such organisation.

    The centres are read once a request, units one by one: a list shows few of them.
    """
    if "org_names" not in g:
        centres = current_session().scalars(select(Organisation).where(Organisation.tier != Tier.UNIT))
        g.org_names = {one.code: shown_name(one) for one in centres}
    if code not in g.org_names:
        unit = current_session().get(Organisation, code)
        g.org_names[code] = code if unit is None else shown_name(unit)
    found: str = g.org_names[code]
    return found
