"""Own rules as a document with versions: written, copied, switched off and on; a second person puts each in force."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from detectors.sigma.own.book import KEY, KIND
from detectors.sigma.service import find_rule, titles
from soc.approvals.models import Approval
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.text import language, t
from soc.versions import service as versions
from soc.versions.documents import Document
from soc.versions.models import PolicyVersion, VersionStatus
from soc.versions.service import Order
from soc.versions.tables import Tables
from soc.versions.values import WhatIf
from soc.yaml_text import YamlError, read_mapping, write_yaml

TABLES = Tables(KIND, KEY)
#: the keys of a Sigma rule as people write them; a store may not keep their order
_ORDER = (
    "title", "id", "related", "name", "status", "description", "references", "author", "date", "modified", "tags",
    "logsource", "detection", "correlation", "fields", "falsepositives", "level", "custom",
)  # fmt: skip
_ENTRY = ("id", "off", "text")


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Say which rules are put in, changed, switched or taken out; ``examples`` has each with how it stood and will stand."""
    before, after = ({one["id"]: one for one in (body or {}).get(KEY, ())} for body in (old, new))
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    kept = titles(session, changed)
    examples = tuple(
        {
            "id": "",
            "name": _title(after.get(name) or before[name], kept),
            "before": _way(before.get(name), kept=name in kept),
            "after": _way(after.get(name), kept=name in kept),
        }
        for name in changed
    )
    return WhatIf(len(before), len(changed), (), examples)


def _title(entry: Mapping[str, Any], kept: Mapping[str, Mapping[str, str]]) -> str:
    return title_of(entry) or kept.get(entry["id"], {}).get(language(), entry["id"])


def title_of(entry: Mapping[str, Any]) -> str:
    """What an own rule is called; empty for an entry that only switches a kept one off."""
    if "text" not in entry:
        return ""
    try:
        document = read_mapping(entry["text"]).body
    except YamlError:
        return ""
    zh = (document.get("custom") or {}).get("title_zh")
    return str(zh if zh and language() == "zh" else document.get("title", ""))


def _way(entry: Mapping[str, Any] | None, *, kept: bool) -> str:
    """How a rule stands, in words; a kept rule that no entry speaks of is on."""
    if entry is None:
        return t("own_rules.state.on") if kept else "–"
    return t("own_rules.state.off_why", why=entry["off"]) if "off" in entry else t("own_rules.state.on")


def write(session: Session, actor: Actor, org: str, text: str) -> PolicyVersion:
    """Put a rule's text into the actor's draft, in place of the one of its id; one that is at rest stays so.

    Raises:
        InputError: it is no YAML, or has no id.
        FaultyBodyError: the engine does not take it.
    """
    document = read_mapping(text).body
    if not document.get("id"):
        raise InputError("own_rules.problem.id")
    name = str(document["id"])
    return TABLES.keep(session, actor, org, {**_entry(session, actor, org, name), "id": name, "text": text})


def switch_off(session: Session, actor: Actor, org: str, name: str, *, why: str) -> PolicyVersion:
    """Put into the actor's draft that a rule, kept or own, is not looked for here and below."""
    return TABLES.keep(session, actor, org, {**_entry(session, actor, org, name), "id": name, "off": why})


def switch_on(session: Session, actor: Actor, org: str, name: str) -> PolicyVersion:
    """Put into the actor's draft that a rule is looked for again.

    Raises:
        NotFoundError: it is not switched off here.
    """
    entry = _entry(session, actor, org, name)
    if "off" not in entry or "text" not in entry:
        return TABLES.take_out(session, actor, org, name)
    return TABLES.keep(session, actor, org, {key: value for key, value in entry.items() if key != "off"})


def _entry(session: Session, actor: Actor, org: str, name: str) -> dict[str, Any]:
    entries = TABLES.working_body(session, actor, org)[KEY]
    return dict(next((one for one in entries if one["id"] == name), {}))


def switched_by(history: Sequence[PolicyVersion], name: str) -> str | None:
    """Return who proposed that a rule is off: the author of the version that began it, however many came after.

    ``history`` is newest first; None where the rule is not off in force.
    """
    author = None
    for version in history:
        if version.status not in (VersionStatus.ACTIVE, VersionStatus.SUPERSEDED):
            continue
        if not any(one["id"] == name and "off" in one for one in version.body.get(KEY, ())):
            break
        author = version.author_name
    return author


def copied(session: Session, rule_id: str) -> str:
    """Return the text of a kept rule as one's own to change: a new id, and whence it came.

    Raises:
        NotFoundError: there is none of this id.
    """
    document = find_rule(session, rule_id).document
    told = {**document, "id": str(uuid4()), "related": [{"id": rule_id, "type": "derived"}]}
    first = {key: told[key] for key in _ORDER if key in told}
    return write_yaml({**first, **told})


def ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its keys in the order of the editor: a store may not keep them."""
    entries = [{key: one[key] for key in _ENTRY if key in one} for one in body.get(KEY, ())]
    return {"title": body.get("title", ""), KEY: entries}


def submit(session: Session, actor: Actor, org: str, order: Order) -> Approval:
    """Propose a whole document; see :func:`soc.versions.service.submit`."""
    return versions.submit(session, actor, KIND, org, order)


DOCUMENT = Document(kind=KIND, held=TABLES.body_of, ordered=ordered, submit=submit)
