"""The centres of the province: the shipped GB/T 2260 divisions as organisations."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import content
from soc.errors import NotFoundError
from soc.tiers.models import Organisation, Tier
from soc.tiers.names import english_names


def load_divisions(session: Session) -> int:
    """Add the province, its cities and its counties that are not there yet; return how many."""
    known, english = set(session.scalars(select(Organisation.code))), english_names()
    added = [one for one in _centres() if one.code not in known]
    for one in added:
        one.name_en = english.get(one.code, "")
    for tier in Tier:  # parents before children: the foreign key is checked row by row
        session.add_all(one for one in added if one.tier is tier)
        session.flush()
    return len(added)


def find_organisation(session: Session, code: str) -> Organisation:
    """Return the organisation with this code, whoever asks.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Organisation, code)
    if found is None:
        raise NotFoundError("errors.organisation_unknown")
    return found


def _centres() -> Iterator[Organisation]:
    found = json.loads(content.path("guangdong-divisions.json").read_text(encoding="utf-8"))
    top = found["province"]["code"]
    yield Organisation(code=top, name=found["province"]["name"], path=f"/{top}/", tier=Tier.PROVINCE)
    for city in found["cities"]:
        path = f"/{top}/{city['code']}/"
        x, y = city["tile"]
        yield Organisation(
            code=city["code"], name=city["name"], parent_code=top, path=path, tier=Tier.CITY, tile_x=x, tile_y=y
        )
        for county in city["counties"]:
            yield Organisation(
                code=county["code"],
                name=county["name"],
                parent_code=city["code"],
                path=f"{path}{county['code']}/",
                tier=Tier.COUNTY,
            )
