"""What logs name is found by a reference that names nobody, and asked for as a value whatever it is."""

import pytest

from config.settings import Settings
from soc.entities import (
    ACCOUNT,
    ADDRESS,
    APPLICATION,
    TABLES,
    Kind,
    LogEntity,
    entity_of_reference,
    entity_of_value,
    reference_of,
)
from soc.errors import NotFoundError
from soc.logstore.lucene import parse
from soc.logstore.query import And, Term

EVIL = 'x" OR guanlan.org:* \\'
ALL = [
    LogEntity(TABLES, "public.driver", "440100", "gd"),
    LogEntity(TABLES, "港口.靠泊"),
    LogEntity(ADDRESS, "10.1.2.3"),
    LogEntity(APPLICATION, EVIL),
    LogEntity(ACCOUNT, "app_ro", "440100"),
]


@pytest.mark.parametrize("entity", ALL)
def test_a_reference_leads_back_and_does_not_name_it(settings: Settings, entity: LogEntity) -> None:
    reference = reference_of(settings, entity)
    assert entity.name not in reference
    assert entity_of_reference(settings, reference, entity.kind) == entity
    assert reference == reference_of(settings, entity)


def test_a_reference_is_of_its_own_kind_alone(settings: Settings) -> None:
    with pytest.raises(NotFoundError):
        entity_of_reference(settings, reference_of(settings, LogEntity(ADDRESS, "10.1.2.3")), Kind.TABLE)


@pytest.mark.parametrize("written", ["", "public.driver", "A" * 64, "../..", "é"])
def test_what_is_no_reference_is_not_found(settings: Settings, written: str) -> None:
    reference_of(settings, ALL[0])
    with pytest.raises(NotFoundError):
        entity_of_reference(settings, written)


def test_a_name_stays_a_value_in_the_search() -> None:
    assert parse(LogEntity(APPLICATION, EVIL).query) == Term(APPLICATION, EVIL)
    asked = parse(LogEntity(TABLES, EVIL, "440100", "gd").query)
    assert asked == And((Term(TABLES, EVIL), Term("guanlan.org", "440100"), Term("database.name", "gd")))


def test_what_does_not_belong_to_a_kind_is_left_out() -> None:
    assert entity_of_value(ADDRESS, "10.1.2.3", org="440100", database="gd") == LogEntity(ADDRESS, "10.1.2.3")
    assert entity_of_value(ACCOUNT, "a", org="440100", database="gd") == LogEntity(ACCOUNT, "a", "440100")
    assert entity_of_value(TABLES, "t", org="440100", database="gd") == LogEntity(TABLES, "t", "440100", "gd")
