"""Which organisation and which time were asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dashboards.posture.indicators import Span
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.tiers.models import Organisation
from soc.tiers.scope import in_scope

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def focused(session: Session, actor: Actor, code: str | None) -> Actor:
    """Return the actor narrowed to an organisation below their own.

    Raises:
        NotFoundError: there is no such organisation in their scope.
    """
    if not code or code == actor.org:
        return actor
    if not in_scope(session, actor, code):
        raise NotFoundError
    org = session.get_one(Organisation, code)
    return replace(actor, org=org.code, org_path=org.path, lines=())


def month(text: str) -> Span:
    """Return a month of Shanghai's calendar as a span in UTC.

    Raises:
        InputError: not YYYY-MM.
    """
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=_SHANGHAI)
        following = (first + timedelta(days=32)).replace(day=1)
        return Span(first.astimezone(UTC), following.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise InputError("errors.period", given=text) from error
