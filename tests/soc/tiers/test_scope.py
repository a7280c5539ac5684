import pytest
from sqlalchemy.orm import Session

from soc.approvals.models import Approval, ApprovalStatus
from soc.clock import now
from soc.errors import NotFoundError
from soc.identity.actor import Actor, LineGrant, Role
from soc.tiers import Organisation, Share, Tier, find_within, scope_codes, within
from tests.conftest import MakePerson

PROVINCE, CITY, COUNTY, SIBLING = "440000", "440100", "440103", "440300"


def an_item(session: Session, org: str) -> Approval:
    item = Approval(
        kind="people.grant",
        org=org,
        subject_kind="x",
        subject_id="y",
        title="t",
        payload={},
        digest="d",
        reason="r",
        proposer_id="p",
        proposer_name="p",
        status=ApprovalStatus.PENDING,
        created_at=now(),
    )
    session.add(item)
    session.flush()
    return item


@pytest.mark.parametrize(
    ("viewer", "owner", "sees"),
    [
        (PROVINCE, PROVINCE, True),
        (PROVINCE, COUNTY, True),
        (CITY, CITY, True),
        (CITY, COUNTY, True),
        (CITY, PROVINCE, False),
        (CITY, SIBLING, False),
        (COUNTY, COUNTY, True),
        (COUNTY, CITY, False),
        (COUNTY, "440104", False),
    ],
)
def test_one_sees_ones_own_organisation_and_those_below(
    session: Session, person: MakePerson, viewer: str, owner: str, sees: bool
) -> None:
    actor, item = person(org=viewer), an_item(session, owner)
    assert (session.scalar(within(actor, Approval)) is item) is sees
    if sees:
        assert find_within(session, actor, Approval, item.id) is item
    else:
        with pytest.raises(NotFoundError):
            find_within(session, actor, Approval, item.id)


def test_a_foreign_item_and_a_missing_one_say_the_same(session: Session, person: MakePerson) -> None:
    stranger, item = person(org=SIBLING), an_item(session, CITY)
    with pytest.raises(NotFoundError) as foreign:
        find_within(session, stranger, Approval, item.id)
    with pytest.raises(NotFoundError) as missing:
        find_within(session, stranger, Approval, "0190" + "0" * 28)
    with pytest.raises(NotFoundError) as nonsense:
        find_within(session, stranger, Approval, "../../etc")
    assert str(foreign.value) == str(missing.value) == str(nonsense.value)


def test_a_shared_item_is_seen_by_that_organisation_alone(session: Session, person: MakePerson) -> None:
    item = an_item(session, CITY)
    session.add(Share(kind="approvals", item_id=item.id, org=SIBLING, owner=item.org))
    session.flush()
    assert find_within(session, person(org=SIBLING), Approval, item.id) is item
    with pytest.raises(NotFoundError):
        find_within(session, person(org="440303"), Approval, item.id)


def test_the_province_has_its_144_centres_and_each_county_lies_under_its_city(session: Session) -> None:
    tiers = [one.tier for one in session.query(Organisation)]
    assert (tiers.count(Tier.PROVINCE), tiers.count(Tier.CITY), tiers.count(Tier.COUNTY)) == (1, 21, 122)


def test_scope_codes_of_a_city_are_itself_and_its_counties(session: Session, person: MakePerson) -> None:
    codes = scope_codes(session, person(org=CITY))
    assert CITY in codes
    assert COUNTY in codes
    assert all(code.startswith("4401") for code in codes)


def test_a_business_line_is_seen_across_tiers_and_nothing_else_of_them(session: Session, person: MakePerson) -> None:
    line_unit = Organisation(
        code="440103.road", name="道路运输科", parent_code=COUNTY, path="/440000/440100/440103/440103.road/",
        tier=Tier.UNIT, line="road",
    )  # fmt: skip
    session.add(line_unit)
    session.flush()
    base = person(Role.ANALYST, org="440300")
    actor = Actor(
        id=base.id, name=base.name, kind=base.kind, org=base.org, org_path=base.org_path, roles=base.roles,
        permissions=base.permissions, lines=(LineGrant("road", "/440000/440100/"),),
    )  # fmt: skip
    codes = scope_codes(session, actor)
    assert "440103.road" in codes
    assert COUNTY not in codes
    assert CITY not in codes
