"""What the forms of administration offer: one's own organisation, those below it, and kinds of units."""

from datetime import date, datetime, time

from sqlalchemy import select

from soc.clock import now
from soc.text import t
from soc.tiers.models import Organisation, UnitKind
from soc.tiers.names import shown_name
from soc.tiers.units import not_ended
from soc.web.context import current_actor, current_session, current_settings

Choices = list[tuple[str, str]]


def own_organisations() -> Choices:
    """Return the open organisations that the person administers, from the top downwards."""
    mine = Organisation.path.startswith(current_actor().org_path, autoescape=True)
    query = select(Organisation).where(mine, not_ended(Organisation.code, now())).order_by(Organisation.path)
    return [(one.code, f"{shown_name(one)} {one.code}") for one in current_session().scalars(query)]


def kinds() -> Choices:
    """Return what a unit may be."""
    return [(kind.value, t(f"unit_kind.{kind}")) for kind in UnitKind]


def end_of(day: date | None) -> datetime | None:
    """Return the last instant of a day in the centre's zone."""
    return datetime.combine(day, time.max, current_settings().timezone) if day else None
