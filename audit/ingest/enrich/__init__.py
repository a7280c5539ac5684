"""What Guanlan knows about an event, joined to it: shape and tables, levels, rows, person, hours, place.

Everything is a join or a column expression; single statements are parsed once a shape. The last
step masks: after it no literal and nothing that looks sensitive is in clear.
"""

from functools import partial

import polars as pl

from audit.ingest.enrich.asked import with_askers
from audit.ingest.enrich.business import with_business
from audit.ingest.enrich.exposure import with_exposure
from audit.ingest.enrich.hidden import masked_columns
from audit.ingest.enrich.lookups import lookups_of
from audit.ingest.enrich.people import with_people
from audit.ingest.enrich.subjects import suspicious, with_subjects
from audit.ingest.enrich.surroundings import with_surroundings
from audit.ingest.enrich.traces import Traces
from audit.ingest.frame import as_events, with_unmapped
from config.settings import Settings
from soc.db import Database
from soc.ledger.own_types import OwnDefinition, sought
from soc.subjects.tokens import current


def enrich(database: Database, settings: Settings, frame: pl.DataFrame, org: str) -> pl.DataFrame:
    """Return complete, masked events of ``EVENT_SCHEMA`` from the parsed records of one organisation."""
    lookups = lookups_of(database)
    among = suspicious(frame)
    frame = with_business(with_subjects(frame, among, current(settings)), settings.business_keys)
    frame = with_askers(frame, lookups.register_of(org), Traces(database, org))
    frame = with_exposure(frame, partial(lookups.tables_of, org))
    frame = with_people(frame, lookups.accounts_of(org))
    frame = with_surroundings(frame, settings)
    return as_events(with_unmapped(masked_columns(frame, among, _own_of(database, org))))


def _own_of(database: Database, org: str) -> tuple[OwnDefinition, ...]:
    """The recognizers of an organisation's own whose values no stored line shows."""
    with database.read() as session:
        return tuple(one for one in sought(session, org) if one.log)
