"""The own formats of the installation at hand, for commands that work without one too."""

from collections.abc import Iterator
from contextlib import contextmanager

from audit.ingest.formats.own import is_own
from audit.ingest.own_formats import formats_of
from audit.ingest.scope import checked_org
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor
from soc.installation import is_made


@contextmanager
def formats_at_hand(wanted: str | None = None, org: str | None = None) -> Iterator[None]:
    """Within the block the own formats of ``org`` are known, where there is an installation; none is made.

    Args:
        wanted: the format that was named; of a shipped one no database is asked.
        org: whose formats; the centre's by default.

    Raises:
        InputError: there is no such organisation.
        UnavailableError: an own format is named and the database does not answer.
    """
    if wanted is not None and not is_own(wanted):
        yield
        return
    database = _opened(must=wanted is not None)
    if database is None:
        yield
        return
    try:
        with database.read() as session:
            code = checked_org(session, operator_actor(session), org)
        with formats_of(database, code):
            yield
    finally:
        database.close()


def _opened(*, must: bool) -> Database | None:
    settings = Settings.load()
    try:
        there = is_made(settings)
    except UnavailableError:
        if must:
            raise
        return None
    return Database.open(settings).acting_for(SystemPath.OPERATOR) if there else None
