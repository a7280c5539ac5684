"""The rows that ``soc bench pages`` puts behind the pages, the same every time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from config.settings import Settings
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Severity, Verdict
from incidents.cases.models import Clock, Incident
from incidents.deadlines import IncidentLevel
from policies.grading.taxonomy import taxonomy
from soc.clock import now
from soc.db import Database, Model, new_id
from soc.exposure import Basis
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.persons import NewPerson, add_person, propose_roles
from soc.jobs import enqueue
from soc.ledger.levels import GENERAL, Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from soc.ledger.stewardship import domain_of
from soc.ledger.types import shipped_types
from soc.tiers.models import Organisation, Tier
from soc.trail import Act, Subject, record

ALERTS, INCIDENTS, ENTRIES = 20_000, 400, 2_000
#: a province's ledger, as large as the published catalogue of one
SOURCES, TABLES, ITEMS = 200, 1_335, 35_672
_AT_ONCE = 2_000
#: what a scan keeps of a column, about as much as it does
_EVIDENCE = {
    "rows": 5_000, "filled": 4_980, "distinct": 4_711, "matched": 0.99, "checked": 0.97, "chance": 0.1, "name": True,
    "shape": "9{17}[9X]", "rival": {"type": "driver_licence", "confidence": 0.62, "lost": "name"},
}  # fmt: skip
_TITLE = {"key": "alerts.title", "params": {}}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """How much there is, and the paths of pages that are named by no row."""

    codes: tuple[str, ...]
    alerts: int
    named: dict[str, str]


def fill(database: Database) -> Filled:
    """Add everything in a few transactions, through the models."""
    at, chance = now(), Random(7)  # noqa: S311 - rows to measure with, no secret
    with database.write() as session:
        centres = list(session.scalars(select(Organisation.code).where(Organisation.tier != Tier.UNIT)))
        incidents = [_incident(centres, at, number) for number in range(INCIDENTS)]
        _insert(session, Incident, iter(incidents))
        _insert(session, Clock, (_clock(one, at) for one in incidents))
        alerts = [_alert(centres, at, chance, number) for number in range(ALERTS)]
        _insert(session, Alert, iter(alerts))
        _insert(session, AlertFinding, (_finding(one) for one in alerts))
        _fill_ledger(session, centres, at)
    _fill_trail(database, centres)
    entity = alerts[0]["entity"]
    return Filled(tuple(centres), ALERTS, {"logs.show": "/logs/bench-7", "alerts.entity": f"/alerts/entities/{entity}"})


def _insert(session: Session, model: type[Model], rows: Iterator[Row]) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        session.execute(insert(model), some)


def _alert(centres: Sequence[str], at: datetime, chance: Random, number: int) -> Row:
    score = min(99, int(chance.paretovariate(1.2) * 15))
    opened = at - timedelta(minutes=chance.randrange(60 * 24 * 90))
    status = (AlertStatus.NEW, AlertStatus.TRIAGED, AlertStatus.CLOSED)[number % 3]
    closed = status is AlertStatus.CLOSED
    return {
        "id": new_id(), "org": centres[number % len(centres)], "entity_kind": "account",
        "entity": f"e-{number % 900:04}", "entity_name": f"user{number % 900:03}", "kind": "behaviour",
        "title": _TITLE, "title_text": f"user{number % 900:03} 读取 practitioners", "reasons": [_TITLE] * 3,
        "parts": [], "score": score, "severity": Severity.of(score), "level": ("G1", "G2", "G3", "G4")[number % 4],
        "events": [f"bench-{number}"], "first_at": opened, "last_at": opened, "opened_at": opened,
        "changed_at": opened, "status": status, "verdict": Verdict.BENIGN if closed else None,
        "closed_at": opened + timedelta(hours=2) if closed else None, "closed_note": "bench" if closed else None,
        "rows_low": 100, "rows_high": 100, "rows_basis": Basis.MEASURED,
        "persons_low": 50, "persons_high": 100, "persons_basis": Basis.ESTIMATED, "tags": [], "suppressed": 0,
    }  # fmt: skip


def _finding(alert: Row) -> Row:
    shared = ("org", "kind", "title", "reasons", "parts", "score", "level", "events", "first_at", "last_at")
    return {name: alert[name] for name in shared} | {
        "id": new_id(), "alert_id": alert["id"], "finding_id": new_id(), "dedup_key": alert["entity"],
        "details": {}, "joined_at": alert["opened_at"],
        "rows_low": 100, "rows_high": 100, "rows_basis": Basis.MEASURED,
        "persons_low": 50, "persons_high": 100, "persons_basis": Basis.ESTIMATED,
    }  # fmt: skip


def _incident(centres: Sequence[str], at: datetime, number: int) -> Row:
    org = centres[number % len(centres)]
    return {
        "id": new_id(), "org": org, "held_by": org, "number": f"{org}-2026-{number:04}", "title": _TITLE,
        "title_text": f"事件 {number}", "category": "data_theft", "level_proposed": IncidentLevel.LARGER,
        "facts": {"persons": 12_000}, "score": 80, "discovered_at": at - timedelta(hours=number),
        "opened_at": at - timedelta(hours=number),
        "rows_low": 100, "rows_high": 100, "rows_basis": Basis.MEASURED,
        "persons_low": 50, "persons_high": 100, "persons_basis": Basis.ESTIMATED,
    }  # fmt: skip


def _clock(incident: Row, at: datetime) -> Row:
    return {
        "id": new_id(), "org": incident["org"], "incident_id": incident["id"], "rule_id": "network_larger",
        "started_at": incident["discovered_at"], "due_at": at + timedelta(hours=1), "announced": 0.0,
    }  # fmt: skip


def _fill_ledger(session: Session, centres: Sequence[str], at: datetime) -> None:
    sources = [_source(centres[number % len(centres)], at, number) for number in range(SOURCES)]
    tables = [_table(sources[number % SOURCES], at, number) for number in range(TABLES)]
    _insert(session, Source, iter(sources))
    _insert(session, LedgerTable, iter(tables))
    _insert(session, LedgerItem, (_item(tables[number % TABLES], at, number // TABLES) for number in range(ITEMS)))


def _source(org: str, at: datetime, number: int) -> Row:
    return {
        "id": new_id(), "org": org, "name": f"库{number}", "kind": "postgresql", "database": f"db{number % 6}",
        "address": "postgresql://reader@db/x", "sealed_url": b"", "added_at": at, "scanned_at": at,
    }  # fmt: skip


def _table(source: Row, at: datetime, number: int) -> Row:
    category = taxonomy()[number % len(taxonomy())].code
    return {
        "id": new_id(), "org": source["org"], "source_id": source["id"], "name": f"public.t_{number}", "rows": 100_000,
        "category": category, "domain": domain_of(category), "level": GENERAL[number % 4],
        "persons_low": 500 * number, "persons_high": 600 * number, "flags": [], "first_seen": at, "last_seen": at,
    }  # fmt: skip


def _item(table: Row, at: datetime, place: int) -> Row:
    """A column; two of three hold something sensitive, of each type in turn, and some have an owner's word."""
    kinds = list(shipped_types().values())
    kind = kinds[(place * 7 + int(table["name"][9:])) % len(kinds)] if place % 3 else None
    return {
        "id": new_id(), "org": table["org"], "table_id": table["id"], "source_id": table["source_id"],
        "name": f"c_{place}", "place": place, "type": kind.id if kind else None, "confidence": 0.9, "tier": "high",
        "level": kind.level if kind else Level.G1, "category": table["category"] if kind else None,
        "domain": table["domain"], "status": list(ItemStatus)[place % 5 % 3], "evidence": _EVIDENCE,
        "data_type": "varchar(64)", "first_seen": at, "last_seen": at,
    }  # fmt: skip


def _fill_trail(database: Database, centres: Sequence[str]) -> None:
    with database.write() as session:
        actor = operator_actor(session, "bench")
        for number in range(ENTRIES):
            org = centres[number % len(centres)]
            record(session, actor, Act.PERSON_CHANGED, Subject("persons", f"bench-{number}", org))


def fill_work(database: Database, settings: Settings) -> None:
    """Take in a batch of lines, order a job and ask for a person's role, so that there are pages of them."""
    body = b"".join(b'10.1.1.%d - - [22/Nov/2026:10:00:00 +0800] "GET / HTTP/1.1" 200 1\n' % one for one in range(200))
    spool = Spool(settings)
    accept(database, spool, Incoming(settings.root_org, "nginx", body, "bench"), operator_actor)
    spool.close()
    with database.write() as session:
        actor = operator_actor(session, "bench")
        enqueue(session, actor, "logs-retention", {})
        person, _ = add_person(
            session, actor, NewPerson(username="bench.new", display_name="bench", org=settings.root_org)
        )
        propose_roles(session, actor, person.id, frozenset({Role.ANALYST}), reason="bench")
