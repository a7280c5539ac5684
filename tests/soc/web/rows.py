"""Rows of any model at any organisation, made from its columns: what the matrix asks for by id.

A model whose columns alone do not make a sensible row has a factory of its own in ``OWN``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy import Column, inspect
from sqlalchemy.orm import Mapped, Session

from incidents.cases.models import Incident
from incidents.cases.service import CATEGORIES
from playbooks import library
from playbooks.cacao.problem import Status
from playbooks.models import Playbook
from policies.grading.policy import default_body
from soc.approvals.service import digest_of
from soc.db import Model, new_id
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.ledger.models import LedgerTable, ScanRun, Source, TableKind
from soc.ledger.snapshot import keep_snapshot
from soc.trail import Act, Subject, record
from soc.trail.models import TrailEntry
from soc.versions.models import PolicyVersion, VersionStatus
from tests.conftest import add_test_person

R = TypeVar("R", bound=Model)
WHEN = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
#: a message every catalogue has, for columns that hold stored messages
MESSAGE = {"key": "word.unknown", "params": {}}


def marker(org: str) -> str:
    """Return the word that stands in the texts of an organisation's rows and in no other's."""
    return f"mark{org}mark"


def make_row(session: Session, model: type[Model], org: str) -> Model:
    """Add one row of ``model`` that belongs to ``org``, with the rows it needs."""
    if model in OWN:
        return OWN[model](session, org)
    row = model(**{name: value for name, value in _values(session, model, org).items() if value is not None})
    session.add(row)
    session.flush()
    return row


def _values(session: Session, model: type[Model], org: str) -> dict[str, Any]:
    hints = get_type_hints(model)
    found = {}
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        if isinstance(column, Column) and _needed(column):
            found[attribute.key] = _value(session, column, hints.get(attribute.key, Mapped[str]), model, org)
    return found


def _needed(column: Column[Any]) -> bool:
    given = column.default is not None or column.server_default is not None
    return column.name == "org" or not (column.nullable or given)


def _value(session: Session, column: Column[Any], hint: Any, model: type[Model], org: str) -> Any:
    for key in column.foreign_keys:
        table, _, name = key.target_fullname.rpartition(".")
        if table == "organisations":
            return org
        if table != model.__tablename__:
            return getattr(make_row(session, _model_of(table), org), name)
    return _plain(hint, org)


def _plain(hint: Any, org: str) -> Any:
    kind = get_args(hint)[0]
    kind = get_origin(kind) or kind
    if issubclass(kind, Enum):
        return next(iter(kind))
    kinds: dict[Any, Callable[[], Any]] = {
        str: lambda: f"{marker(org)}{new_id().hex[-6:]}",  # unique, wherever that is asked
        int: lambda: 1,
        float: lambda: 1.0,
        bool: lambda: True,
        bytes: lambda: b"0",
        datetime: lambda: WHEN,
        timedelta: lambda: timedelta(hours=1),
        UUID: new_id,
        dict: lambda: dict(MESSAGE),
        list: list,
    }
    return kinds[kind]()


def _model_of(table: str) -> type[Model]:
    return next(one.class_ for one in Model.registry.mappers if one.class_.__tablename__ == table)


def _trail_entry(session: Session, org: str) -> TrailEntry:
    """Have somebody of ``org`` do something: an entry cannot be written by hand."""
    actor = actor_of(session, add_test_person(session, Role.AUDITOR, org, None))
    record(session, actor, Act.PERSON_CHANGED, Subject("persons", marker(org), org))
    session.flush()
    found = session.query(TrailEntry).order_by(TrailEntry.id.desc()).first()
    assert found is not None
    return found


def _grading_version(session: Session, org: str) -> PolicyVersion:
    """A superseded version of the shipped grading policy."""
    body = dict(default_body())
    return _added(
        session,
        PolicyVersion(
            kind="grading", org=org, number=1, title=marker(org), body=body, digest=digest_of(body),
            status=VersionStatus.SUPERSEDED, author_id="x", author_name=marker(org), created_at=WHEN,
        ),
    )  # fmt: skip


def _playbook(session: Session, org: str) -> Playbook:
    """The shipped playbook, imported by somebody of ``org``."""
    text = Path(library.__file__).with_name("data_leak.json").read_text("utf-8")
    made = Playbook(
        org=org, playbook_id=f"playbook--{new_id()}", number=1, name=marker(org), status=Status.ACCEPTED, text=text,
        digest="0" * 64, problems=[], imported_by=marker(org), imported_at=WHEN,
    )  # fmt: skip
    return _added(session, made)


def _interface(session: Session, org: str) -> LedgerTable:
    """A table that is an interface: every route of tables shows it, and those of interfaces too."""
    source = make_row(session, Source, org)
    assert isinstance(source, Source)
    made = LedgerTable(
        org=org, source_id=source.id, name=f"{marker(org)}{new_id().hex[-6:]}", kind=TableKind.INTERFACE,
        first_seen=WHEN, last_seen=WHEN,
    )  # fmt: skip
    return _added(session, made)


def _scan_run(session: Session, org: str) -> ScanRun:
    """A scan with its snapshot: what is compared."""
    source = make_row(session, Source, org)
    assert isinstance(source, Source)
    run = ScanRun(org=org, source_id=source.id, started_at=WHEN, finished_at=WHEN, by=marker(org))
    _added(session, run)
    keep_snapshot(session, run)
    return run


def _incident(session: Session, org: str) -> Incident:
    """An incident of a category that there is."""
    return _added(session, Incident(**_values(session, Incident, org) | {"category": CATEGORIES[0]}))


def _added(session: Session, row: R) -> R:
    session.add(row)
    session.flush()
    return row


#: factories of the models that need more than their columns say
OWN: dict[type[Model], Callable[[Session, str], Model]] = {
    TrailEntry: _trail_entry,
    PolicyVersion: _grading_version,
    Playbook: _playbook,
    ScanRun: _scan_run,
    LedgerTable: _interface,
    Incident: _incident,
}
