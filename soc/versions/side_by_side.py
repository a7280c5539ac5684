"""Two edits of one document on a page: what each side changed, and what somebody chose."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from soc.versions.drafts import is_stale, sides
from soc.versions.merging import Change, Side
from soc.versions.models import PolicyVersion
from soc.versions.service import active


@dataclass(frozen=True, slots=True)
class Laid:
    """A draft beside the version that overtook it."""

    changes: tuple[Change, ...]
    current: PolicyVersion


def laid_side_by_side(session: Session, draft: PolicyVersion | None) -> Laid | None:
    """Lay a draft beside what is in force; None where there is no draft, or nothing overtook it."""
    if draft is None or not is_stale(session, draft):
        return None
    current = active(session, draft.kind, draft.org)
    return Laid(sides(session, draft), current) if current else None


def chosen_sides() -> Mapping[str, Side]:
    """Return the sides that the form of ``macros/sides.html`` says, by :attr:`Change.name`."""
    return {
        name.removeprefix("side:"): Side(value)
        for name, value in request.form.items()
        if name.startswith("side:") and value in set(Side)
    }


def seen_version() -> int:
    """Return the number of the version in force that the form's reader looked at."""
    return request.form.get("seen", type=int) or 0
