"""Types that organisations made themselves: what their recognizers say, who seeks them, and who knows their names.

A recognizer of one's own is a table in the organisation's document of kind ``recognizers``, a document with versions
(:mod:`soc.versions`). It holds for the organisation and all below it. Its type's id carries the organisation's code,
so it is nobody else's and never a shipped one's.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from soc.db import Database
from soc.identity.actor import Actor
from soc.ledger.levels import Level
from soc.ledger.types import SensitiveType, Source
from soc.tiers.guard import codes_below
from soc.tiers.models import Organisation
from soc.versions.in_force import Held, standing
from soc.versions.models import PolicyVersion, VersionStatus

KIND = "recognizers"
PREFIX = "own"
#: documents whose definitions a process keeps; one may be a megabyte of words
MOST_DOCUMENTS = 32


@dataclass(frozen=True, slots=True, eq=False)
class OwnDefinition:
    """One recognizer of an organisation's own: the one declaration that columns, sentences and log lines are read by.

    ``pattern`` is RE2 for a whole value, ``words`` a dictionary of whole values; ``strip`` and ``upper`` put a value
    into form first. ``names`` say the type where a column is called so, ``context`` supports it. ``needs_name``
    wants one of them. It keeps off what a type of ``yields_to`` claims.
    """

    type: SensitiveType
    org: str
    pattern: str | None
    words: frozenset[str] = field(repr=False)
    check: str | None
    strip: str
    upper: bool
    needs_name: bool
    text: bool
    log: bool
    names: tuple[str, ...]
    context: tuple[str, ...]
    yields_to: frozenset[str]
    digest: str

    @property
    def id(self) -> str:
        """The type's id."""
        return self.type.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnDefinition) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def type_id(org: str, name: str) -> str:
    """The id of the type that an organisation called ``name``."""
    return f"{PREFIX}_{org}_{name}"


def definition_of(org: str, table: Mapping[str, Any]) -> OwnDefinition:
    """Read one recognizer of a checked document of ``org``."""
    said = json.dumps([org, table], sort_keys=True, ensure_ascii=False)
    return OwnDefinition(
        type=_type(org, table),
        org=org,
        pattern=table.get("pattern") or None,
        words=frozenset(word.upper() if table.get("upper") else word for word in table.get("words", ())),
        check=table.get("check") or None,
        strip=str(table.get("strip", "")),
        upper=bool(table.get("upper")),
        needs_name=bool(table.get("needs_name")),
        text=bool(table.get("text", True)),
        log=bool(table.get("log")),
        names=tuple(table.get("names", ())),
        context=tuple(table.get("context", ())),
        yields_to=frozenset(table.get("yields_to", ())),
        digest=hashlib.sha256(said.encode()).hexdigest(),
    )


def _type(org: str, table: Mapping[str, Any]) -> SensitiveType:
    name = type_id(org, str(table["id"]))
    return SensitiveType(
        id=name,
        entity=name.upper(),
        zh=str(table["zh"]),
        en=str(table["en"]),
        level=Level(table["level"]),
        kind=str(table["class"]),
        group=str(table["group"]),
    )


def definitions_of(org: str, body: Mapping[str, Any] | None) -> tuple[OwnDefinition, ...]:
    """Read the recognizers of a checked document."""
    return tuple(definition_of(org, table) for table in (body or {}).get("recognizers", ()))


_DOCUMENTS = Held(definitions_of, lambda: MOST_DOCUMENTS)


def sought(session: Session, org: str) -> tuple[OwnDefinition, ...]:
    """Return the recognizers in force for an organisation: those of its tiers, from the top down.

    A document is read once a process and version: what asks for every batch of log lines asks for digests only.
    """
    return _DOCUMENTS.of(session, standing(session, KIND, org))


def types_of(definitions: Iterable[OwnDefinition]) -> Mapping[str, SensitiveType]:
    """The types of some recognizers, by their ids."""
    return {one.id: one.type for one in definitions}


def known_to(session: Session, actor: Actor | None) -> Mapping[str, SensitiveType]:
    """Return the own types whose names an actor may know, those of all organisations for None.

    A type that was taken back stays known: the ledger names it until the next scan.
    """
    stood = (VersionStatus.ACTIVE, VersionStatus.SUPERSEDED)
    query = select(PolicyVersion.org, PolicyVersion.body).where(
        PolicyVersion.kind == KIND, PolicyVersion.status.in_(stood), _near(actor)
    )
    found: dict[str, SensitiveType] = {}
    for row in session.execute(query.order_by(PolicyVersion.org, PolicyVersion.number)):
        found |= {one.id: one for one in (_type(row.org, table) for table in row.body.get("recognizers", ()))}
    return found


def _near(actor: Actor | None) -> ColumnElement[bool]:
    """The organisations above an actor, their own and those below."""
    if actor is None:
        return true()
    mine = select(Organisation.code).where(codes_below(actor.org_path, actor.lines))
    return PolicyVersion.org.in_(actor.org_path.strip("/").split("/")) | PolicyVersion.org.in_(mine)


def source_of(database: Database) -> Source:
    """How whoever acts for the installation learns every own type: by a look of its own at the state."""

    def look() -> Mapping[str, SensitiveType]:
        with database.read() as session:
            return known_to(session, None)

    return look
