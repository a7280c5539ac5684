"""The own rules that hold for an organisation, and the shipped ones it has switched off; asked for by digest, once a batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import RuleStatus, read_document
from soc.clock import now
from soc.versions.in_force import Held, standing
from soc.versions.models import PolicyVersion, VersionStatus
from soc.yaml_text import read_mapping

if TYPE_CHECKING:
    from soc.db import Database

KIND = "detection_rules"
#: where a document of this kind has its entries
KEY = "rules"
#: documents whose rules a process keeps
MOST_DOCUMENTS = 64
_PREFIX = "own_"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What one entry of a document comes to: a rule, to match or at rest, or a kept rule that is not looked for."""

    rule: DetectionRule | None = None
    off: str | None = None
    rests: bool = False


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What holds for one organisation: ``rules`` are kept nowhere but here, ``off`` are ids of kept rules.

    ``written`` are all of them, from the top tier down; one at rest has names that correlations may call, and is not matched.
    """

    rules: tuple[DetectionRule, ...] = ()
    off: frozenset[str] = frozenset()
    written: tuple[DetectionRule, ...] = ()


def tag_of(org: str, rule_id: str) -> str:
    """By what events and findings name an own rule: nobody else's, never a shipped one's."""
    return f"{_PREFIX}{org}_{rule_id}"


def org_of(tag: str) -> str | None:
    """Whose own rule a tag names; None for a kept rule's."""
    parts = tag.split("_", 2)
    return parts[1] if tag.startswith(_PREFIX) and len(parts) == 3 else None


def is_correlation(row: DetectionRule) -> bool:
    """Whether a rule is of several events; a rule of single events may have a key of that name beside what it looks for."""
    return "correlation" in row.document and "detection" not in row.document


@lru_cache(maxsize=400)
def row_of_text(org: str, text: str) -> DetectionRule:
    """The same of a rule's text; what is being written is read again with every stroke, and most of it stays."""
    return row_of(org, read_mapping(text).body)


def row_of(org: str, document: Mapping[str, Any]) -> DetectionRule:
    """An own rule in the form in which the engine takes rules; it is never added to a session."""
    read = read_document(str(document.get("id", "")), document)
    return DetectionRule(
        rule_id=tag_of(org, str(document.get("id", ""))),
        title=str(document.get("title", "")),
        title_zh=(document.get("custom") or {}).get("title_zh"),
        level=read.level,
        document=dict(document),
        status=read.status,
        reason=read.reason,
        enabled=True,
        shipped=False,
        imported_at=now(),
    )


def entries_of(org: str, body: Mapping[str, Any] | None) -> tuple[Entry, ...]:
    """Return what the entries of a checked document come to."""
    return tuple(_entry(org, one) for one in (body or {}).get(KEY, ()))


def _entry(org: str, one: Mapping[str, Any]) -> Entry:
    if "text" not in one:
        return Entry(off=one["id"])
    row = row_of_text(org, one["text"])
    # a rule that an earlier edition of the engine took and this one does not must not stop the ingest
    return Entry(row, rests="off" in one or row.status is not RuleStatus.OK)


_HELD: Held[Entry] = Held(entries_of, lambda: MOST_DOCUMENTS)


def own_rules(database: "Database", org: str) -> OwnRules:
    """Return what holds for an organisation, by its own document and those of the tiers above it."""
    with database.read() as session:
        return own_within(session, org)


def own_within(session: Session, org: str) -> OwnRules:
    """The same, looked up in a session that is open already."""
    return _summed(_HELD.of(session, standing(session, KIND, org)))


def with_body(session: Session, org: str, body: Mapping[str, Any]) -> OwnRules:
    """What would hold for an organisation, were ``body``, which passed its check, its own document in force."""
    above = tuple(one for one in standing(session, KIND, org) if one.org != org)
    return _summed((*_HELD.of(session, above), *entries_of(org, body)))


def _summed(entries: tuple[Entry, ...]) -> OwnRules:
    rules = [(one.rule, one.rests) for one in entries if one.rule is not None]
    return OwnRules(
        tuple(rule for rule, rests in rules if not rests),
        frozenset(one.off for one in entries if one.off is not None),
        tuple(rule for rule, _ in rules),
    )


def own_rows(session: Session, tags: Iterable[str]) -> dict[str, DetectionRule]:
    """Return own rules in force by their tags, whosever they are; those that are not are left out."""
    wanted = set(tags)
    orgs = {org for tag in wanted if (org := org_of(tag)) is not None}
    if not orgs:
        return {}
    query = select(PolicyVersion.org, PolicyVersion.body).where(
        PolicyVersion.kind == KIND, PolicyVersion.status == VersionStatus.ACTIVE, PolicyVersion.org.in_(orgs)
    )
    entries = [one for org, body in session.execute(query).all() for one in entries_of(org, body)]
    return {one.rule.rule_id: one.rule for one in entries if one.rule and not one.rests and one.rule.rule_id in wanted}
