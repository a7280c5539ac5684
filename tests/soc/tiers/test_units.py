"""Units: made, renamed, closed, within one's own organisation."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.acting import Acting
from soc.clock import now
from soc.db import Database
from soc.errors import ConflictError, InputError, NotFoundError, UnauthenticatedError
from soc.identity.actor import Actor, Role
from soc.identity.login import authenticate
from soc.identity.models import ApiToken, Person
from soc.identity.persons import NewPerson, add_person, end_person
from soc.identity.tokens import actor_for_token, create_token
from soc.statesession import act_as
from soc.tiers import scope_codes
from soc.tiers.models import Organisation, Tier, UnitKind
from soc.tiers.units import (
    NewUnit,
    UnitFacts,
    UnitInUseError,
    add_unit,
    change_unit,
    close_unit,
    is_closed,
    reopen_unit,
)
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.conftest import NOON, PASSWORD, MakePerson, add_test_person
from tests.soc.tiers.rows import CITY, LINE, PROVINCE, SIBLING, actor_at


@pytest.fixture
def admin(session: Session, person: MakePerson) -> Actor:
    """The city's administrator; the session acts for them, as a request's does."""
    made = person(Role.SYSADMIN, org=CITY)
    act_as(session, Acting.of(made))
    return made


Make = Callable[..., Organisation]


@pytest.fixture
def make(session: Session, admin: Actor) -> Make:
    def made(name: str = "道路运输处", parent: str = CITY, **more: object) -> Organisation:
        given = {"kind": UnitKind.OFFICE, **more}
        return add_unit(session, admin, NewUnit(parent=parent, name=name, **given), at=NOON)  # type: ignore[arg-type]

    return made


def acts_on(session: Session, code: str) -> list[str]:
    query = select(TrailEntry.act).where(TrailEntry.subject_id == code).order_by(TrailEntry.id)
    return [str(act) for act in session.scalars(query)]


def test_a_unit_stands_under_its_organisation_with_the_next_number_as_code(session: Session, make: Make) -> None:
    first, second = make(), make("港航管理处", line="水运")
    assert [first.code, second.code] == ["440100-01", "440100-02"]
    assert (second.tier, second.parent_code, second.line) == (Tier.UNIT, CITY, "水运")
    assert second.path == "/440000/440100/440100-02/"
    assert make("沿海科", parent=second.code).path == "/440000/440100/440100-02/440100-02-01/"
    assert acts_on(session, first.code) == [Act.ORGANISATION_CREATED]


def test_a_code_of_ones_own_is_taken_once(make: Make) -> None:
    assert make(suffix="bus").code == "440100-bus"
    with pytest.raises(ConflictError, match="code_taken"):
        make("公交公司", suffix="bus")


@pytest.mark.parametrize("suffix", ["a b", "-", "x/y", "处", "x" * 40])
def test_a_code_that_would_not_read_as_one_is_refused(make: Make, suffix: str) -> None:
    with pytest.raises(InputError, match=r"error\.code"):
        make(suffix=suffix)


@pytest.mark.parametrize("name", ["", " ", "处", "x" * 81])
def test_a_name_is_neither_too_short_nor_too_long(make: Make, name: str) -> None:
    with pytest.raises(InputError, match=r"error\.name"):
        make(name)


def test_two_open_units_of_one_organisation_are_not_called_the_same(session: Session, make: Make, admin: Actor) -> None:
    first = make()
    with pytest.raises(ConflictError, match="name_taken"):
        make()
    close_unit(session, admin, first.code, at=NOON)
    again = make()
    assert again.code != first.code
    with pytest.raises(ConflictError, match="name_taken"):
        reopen_unit(session, admin, first.code, at=NOON)


@pytest.mark.parametrize("parent", [PROVINCE, SIBLING, "440303", "999999"])
def test_nobody_makes_a_unit_outside_their_own_organisation(make: Make, parent: str) -> None:
    with pytest.raises(NotFoundError):
        make(parent=parent)


def test_a_granted_line_opens_what_is_in_a_unit_and_not_the_unit(session: Session, make: Make) -> None:
    unit, stranger = make(line=LINE), actor_at(SIBLING, line_below=PROVINCE)
    assert unit.code in scope_codes(session, stranger)
    with pytest.raises(NotFoundError):
        add_unit(session, stranger, NewUnit(parent=unit.code, name="科室", kind=UnitKind.OFFICE), at=NOON)
    with pytest.raises(NotFoundError):
        close_unit(session, stranger, unit.code, at=NOON)


def test_a_unit_is_renamed_and_the_trail_says_from_what_to_what(session: Session, make: Make, admin: Actor) -> None:
    unit = make()
    end = NOON + timedelta(days=90)
    facts = UnitFacts(name="运输服务处", name_en="Transport", kind=UnitKind.CONTRACTOR, expires_at=end)
    change_unit(session, admin, unit.code, facts, at=NOON)
    assert (unit.name, unit.name_en, unit.kind, unit.expires_at) == ("运输服务处", "Transport", "contractor", end)
    assert acts_on(session, unit.code) == [Act.ORGANISATION_CREATED, Act.ORGANISATION_CHANGED]


@pytest.mark.parametrize("code", [CITY, "440103", SIBLING, "440300-01"])
def test_centres_and_units_of_others_are_not_renamed(session: Session, admin: Actor, code: str) -> None:
    with pytest.raises(NotFoundError):
        change_unit(session, admin, code, UnitFacts(name="改名", kind=UnitKind.OFFICE), at=NOON)


def test_a_unit_does_not_end_in_the_past(make: Make) -> None:
    with pytest.raises(InputError, match=r"error\.end"):
        make(expires_at=NOON)


def test_a_unit_with_people_units_or_tokens_in_it_is_not_closed(session: Session, make: Make, admin: Actor) -> None:
    unit = make()
    below = make("科室", parent=unit.code)
    someone, _ = add_person(session, admin, NewPerson(username="zhang", display_name="张", org=unit.code))
    create_token(session, admin, unit.code, ("read",), demo=True)
    with pytest.raises(UnitInUseError) as told:
        close_unit(session, admin, unit.code, at=now())
    assert told.value.params == {"persons": 1, "units": 1, "tokens": 1}
    close_unit(session, admin, below.code, at=now())
    end_person(session, admin, someone.id)
    session.scalars(select(ApiToken)).one().revoked_at = now()
    assert close_unit(session, admin, unit.code, at=now()).expires_at is not None


def test_a_closed_unit_takes_nobody_in_until_it_is_opened_again(session: Session, make: Make, admin: Actor) -> None:
    unit = make()
    order = NewPerson(username="zhang", display_name="张", org=unit.code)
    close_unit(session, admin, unit.code, at=NOON)
    for refused in (
        lambda: add_person(session, admin, order),
        lambda: create_token(session, admin, unit.code, ("read",), demo=True),
        lambda: make("科室", parent=unit.code),
        lambda: close_unit(session, admin, unit.code, at=NOON),
        lambda: change_unit(session, admin, unit.code, UnitFacts(name="改名", kind=UnitKind.OFFICE), at=NOON),
    ):
        with pytest.raises(ConflictError, match=r"error\.closed"):
            refused()
    reopen_unit(session, admin, unit.code, at=NOON)
    assert add_person(session, admin, order)[0].org == unit.code
    with pytest.raises(ConflictError, match=r"error\.open"):
        reopen_unit(session, admin, unit.code, at=NOON)


def test_what_is_below_an_ended_unit_has_ended_too(session: Session, make: Make) -> None:
    unit = make(expires_at=NOON + timedelta(days=1))
    below = make("科室", parent=unit.code)
    assert not is_closed(session, below, NOON)
    assert is_closed(session, below, NOON + timedelta(days=1))


def test_accounts_and_tokens_of_a_contractor_end_with_it(database: Database) -> None:
    end = now() + timedelta(days=30)
    with database.write() as session:
        admin = Actor(id="x", name="x", kind="operator", org=PROVINCE, org_path="/440000/")  # type: ignore[arg-type]
        order = NewUnit(parent=CITY, name="外包公司", kind=UnitKind.CONTRACTOR, expires_at=end)
        unit = add_unit(session, admin, order, at=now())
        below = add_unit(session, admin, NewUnit(parent=unit.code, name="班组", kind=UnitKind.OFFICE), at=now())
        person: UUID = add_test_person(session, Role.ANALYST, below.code, "zhang").id
        token = create_token(session, admin, below.code, ("read",), demo=True).token
    before, after = end - timedelta(minutes=1), end + timedelta(minutes=1)
    assert authenticate(database, "zhang", PASSWORD, code=None, at=before) == person
    with pytest.raises(UnauthenticatedError):
        authenticate(database, "zhang", PASSWORD, code=None, at=after)
    with database.read() as session:
        assert actor_for_token(session, token, at=before).org == below.code
        with pytest.raises(UnauthenticatedError):
            actor_for_token(session, token, at=after)
        assert session.get_one(Person, person).active
