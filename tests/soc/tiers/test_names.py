import json

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config import content
from soc.identity.actor import Actor
from soc.text import speaking
from soc.tiers.models import Organisation
from soc.tiers.names import english_names, give_english_names, shown_name
from soc.trail import Act
from soc.trail.models import TrailEntry


def divisions() -> dict[str, str]:
    found = json.loads(content.path("guangdong-divisions.json").read_text(encoding="utf-8"))
    below = [one for city in found["cities"] for one in (city, *city["counties"])]
    return {one["code"]: one["name"] for one in (found["province"], *below)}


def test_every_centre_has_an_english_name_and_nothing_else_has() -> None:
    assert english_names().keys() == divisions().keys()
    assert len(english_names()) == 144


def test_no_two_centres_of_one_city_are_called_the_same() -> None:
    names = [(code[:4], name) for code, name in english_names().items()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("kind", "ends"), [("自治县", " Autonomous County"), ("县", " County"), ("区", " District"), ("市", "")]
)
def test_the_kind_of_place_is_said_in_english(kind: str, ends: str) -> None:
    of_kind = [code for code, name in divisions().items() if name.endswith(kind)]
    if kind == "县":
        of_kind = [code for code in of_kind if not divisions()[code].endswith("自治县")]
    assert of_kind
    for code in of_kind:
        name = english_names()[code]
        assert name.endswith(ends)
        assert name.isascii()
        assert kind != "市" or " " not in name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("440000", "Guangdong Province"),
        ("440113", "Panyu District"),
        ("440512", "Haojiang District"),
        ("441422", "Dabu County"),
        ("441523", "Luhe County"),
        ("441881", "Yingde"),
        ("441900", "Dongguan"),
        ("445200", "Jieyang"),
    ],
)
def test_readings_that_mislead_are_the_places_own(code: str, name: str) -> None:
    assert english_names()[code] == name


def test_a_centre_is_called_by_the_readers_language(session: Session) -> None:
    centre = session.get_one(Organisation, "440100")
    with speaking("en"):
        assert shown_name(centre) == "Guangzhou"
    with speaking("zh"):
        assert shown_name(centre) == "广州市"


def test_a_unit_without_an_english_name_keeps_its_own() -> None:
    with speaking("en"):
        assert shown_name(Organisation(code="440100-01", name="客运站", name_en="")) == "客运站"


def test_an_older_installation_gets_the_names_and_keeps_what_somebody_named(session: Session, operator: Actor) -> None:
    session.execute(update(Organisation).values(name_en=""))
    session.get_one(Organisation, "440100").name_en = "Canton"
    session.flush()
    assert give_english_names(session, operator) == 143
    assert session.get_one(Organisation, "440100").name_en == "Canton"
    assert session.get_one(Organisation, "440300").name_en == "Shenzhen"
    told = select(func.count()).select_from(TrailEntry).where(TrailEntry.act == Act.SYSTEM_CHANGED)
    assert session.scalar(told) == 1
    assert give_english_names(session, operator) == 0
    assert session.scalar(told) == 1
