"""Every shipped rule on real lines, taken the whole way: received, parsed, enriched, matched, stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from audit.ingest.bench import opened
from audit.ingest.events import batch_uid
from audit.ingest.formats import ParseOptions
from audit.ingest.models import IngestBatch
from audit.ingest.pipeline import Pipeline
from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from config.settings import Settings
from detectors.sigma.fields import TAXONOMY
from detectors.sigma.flatten import Flat, flatten
from detectors.sigma.rules import LIBRARY, match_flat, read_file
from detectors.sigma.source import FlatSource
from soc.clock import now
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.logstore import open_store
from soc.logstore.port import SearchRequest
from soc.ocsf.mapping import to_ocsf
from tests.detectors.sigma.library_cases import CASES

ORG = "440000"
TABLES = {"hr.person": {"name": Level.G2, "phone": Level.G3}, "hr.open_list": {"note": Level.G1}}
#: id → name of its file
NAMES = {str(rule.id): path.stem for path in LIBRARY.glob("*.yml") for rule in read_file(path)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one text: how many records, how many refused, and the names of the rules that hit."""

    records: int
    refused: int
    rules: frozenset[str]
    #: the event as it is printed
    printed: Flat


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[int, str], Seen]]:
    """All cases taken in together by one installation, a batch each; by the case's number and which of its texts."""
    home = tmp_path_factory.mktemp("library")
    with opened(Settings.load({"SOC_HOME": str(home)})) as (settings, database):
        grade(database)
        yield taken_in(settings, database)


def grade(database: Database) -> None:
    """A ledger that knows one graded table and one that is open to all."""
    at = now()
    with database.write() as session:
        source = Source(org=ORG, name="s", kind="postgresql", address="x", sealed_url=b"", added_at=at)
        session.add(source)
        session.flush()
        for name, columns in TABLES.items():
            table = LedgerTable(org=ORG, source_id=source.id, name=name, rows=90_000, first_seen=at, last_seen=at)
            session.add(table)
            session.flush()
            for column, level in columns.items():
                held = LedgerItem(org=ORG, table_id=table.id, source_id=source.id, name=column, level=level)
                held.first_seen = held.last_seen = at
                session.add(held)


def taken_in(settings: Settings, database: Database) -> dict[tuple[int, str], Seen]:
    """Take in every text as a batch of its own and say what was stored of it."""
    store, spool = open_store(settings), Spool(settings)
    texts = {f"{at}-{kind}": (at, kind) for at in range(len(CASES)) for kind in ("hit", "quiet")}
    for key, (at, kind) in texts.items():
        body = getattr(CASES[at], kind).encode()
        accept(database, spool, Incoming(ORG, CASES[at].format, body, "test", key, ParseOptions()), operator_actor)
    Pipeline(database, settings, spool, store).drain()
    stored = [row for batch in store.iter_events(SearchRequest()) for row in batch.to_pylist()]
    with database.read() as session:
        batches = list(session.scalars(select(IngestBatch)))
    return {texts[batch.key]: _seen(batch, stored) for batch in batches}


def _seen(batch: IngestBatch, stored: list[dict[str, Any]]) -> Seen:
    mine = [row for row in stored if row["guanlan.batch"] == batch_uid(batch)]
    names = frozenset(NAMES[one] for row in mine for one in row["guanlan.rules"] or [] if one in NAMES)
    return Seen(len(mine), batch.quarantined, names, flatten(to_ocsf(mine[0])) if mine else {})


def test_every_shipped_rule_has_its_lines() -> None:
    assert {case.rule for case in CASES} == set(NAMES.values())


@pytest.mark.parametrize("at", range(len(CASES)), ids=[f"{case.rule}-{case.format}" for case in CASES])
def test_a_rule_fires_on_its_own_line_and_not_on_the_ordinary_one(at: int, seen: dict[tuple[int, str], Seen]) -> None:
    hit, quiet, name = seen[at, "hit"], seen[at, "quiet"], CASES[at].rule
    assert (hit.records, hit.refused, quiet.refused) == (1, 0, 0)
    assert quiet.records == 1
    assert name in hit.rules
    assert name not in quiet.rules


@pytest.mark.parametrize("at", range(len(CASES)), ids=[f"{case.rule}-{case.format}" for case in CASES])
def test_a_file_of_printed_events_gives_the_hits_of_the_stream(at: int, seen: dict[tuple[int, str], Seen]) -> None:
    (rule,) = read_file(LIBRARY / f"{CASES[at].rule}.yml")
    events = [seen[at, "hit"].printed, seen[at, "quiet"].printed]
    assert match_flat([rule], FlatSource(events, TAXONOMY)) == [[0]]
