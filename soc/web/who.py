"""Who did it, as people read it: a person by the name they go by, a job by what it is for."""

from flask import g
from sqlalchemy import select

from soc.doers import doer_in_words
from soc.identity.models import Person
from soc.web.context import current_session


def who(name: str | None) -> str:
    """Return the display name behind a user name, a job's name in words; other names stay.

    Rows keep the user name, since that is unique; looked up once a request each.
    """
    if not name:
        return ""
    known: dict[str, str] = g.setdefault("people_names", {})
    if name not in known:
        shown = current_session().scalar(select(Person.display_name).where(Person.username == name))
        known[name] = shown or doer_in_words(name)
    return known[name]
