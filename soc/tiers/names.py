"""What a centre is called: in Chinese by its division, in English by our own table of names."""

import tomllib
from collections.abc import Mapping
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import content
from soc.identity.actor import Actor
from soc.text import language
from soc.tiers.models import Organisation
from soc.trail import Act, Subject, record


@cache
def english_names() -> Mapping[str, str]:
    """Return the English name of each centre by its code."""
    found: dict[str, str] = tomllib.loads(content.path("guangdong-names-en.toml").read_text(encoding="utf-8"))
    return found


def shown_name(org: Organisation) -> str:
    """Return an organisation's name in the reader's language."""
    return (org.name_en or org.name) if language() == "en" else org.name


def give_english_names(session: Session, actor: Actor) -> int:
    """Name the centres that have no English name yet; return how many. A name somebody gave stays."""
    names = english_names()
    nameless = select(Organisation).where(Organisation.name_en == "", Organisation.code.in_(names))
    found = list(session.scalars(nameless))
    for centre in found:
        centre.name_en = names[centre.code]
    if found:
        root = Subject(Organisation.__tablename__, actor.org, actor.org)
        record(session, actor, Act.SYSTEM_CHANGED, root, after={"english_names": len(found)})
    return len(found)
