"""Rows of organisations, for tests of what is seen and written of them."""

from sqlalchemy.orm import Session

from soc.acting import Acting
from soc.db import Database
from soc.identity.actor import Actor, ActorKind, LineGrant
from soc.jobs import JobRun
from soc.tiers import Organisation, Tier
from tests.conftest import NOON

PROVINCE, CITY, COUNTY, SIBLING, OTHER_COUNTY = "440000", "440100", "440103", "440300", "440303"
#: a unit of the city for bus services, and one of the other city, in the same business line
UNIT, OTHER_UNIT, LINE = "440100-bus", "440300-bus", "bus"
EVERYBODY = (PROVINCE, CITY, COUNTY, SIBLING, OTHER_COUNTY, UNIT, OTHER_UNIT)
_PATHS = {
    PROVINCE: "/440000/",
    CITY: "/440000/440100/",
    COUNTY: "/440000/440100/440103/",
    SIBLING: "/440000/440300/",
    OTHER_COUNTY: "/440000/440300/440303/",
    UNIT: f"/440000/440100/{UNIT}/",
    OTHER_UNIT: f"/440000/440300/{OTHER_UNIT}/",
}


def actor_at(org: str, *, line_below: str | None = None) -> Actor:
    """Somebody of an organisation, with the bus line below another one."""
    lines = (LineGrant(LINE, _PATHS[line_below]),) if line_below else ()
    return Actor(id=f"at {org}", name=org, kind=ActorKind.PERSON, org=org, org_path=_PATHS[org], lines=lines)


def acting_at(org: str, *, line_below: str | None = None) -> Acting:
    """The same as what a session acts for."""
    return Acting.of(actor_at(org, line_below=line_below))


def a_run(org: str) -> JobRun:
    """A row of an organisation that is as plain as rows get."""
    return JobRun(job=f"of {org}", ordered_by="x", params={}, org=org, created_at=NOON)


def add_units(session: Session) -> None:
    """Make the two units of one business line."""
    for code in (UNIT, OTHER_UNIT):
        parent = code.partition("-")[0]
        unit = Organisation(code=code, name=code, parent_code=parent, path=_PATHS[code], tier=Tier.UNIT, line=LINE)
        session.add(unit)
    session.flush()


def fill(database: Database) -> dict[str, JobRun]:
    """Give every organisation of these tests one row, and return them by code."""
    runs = {org: a_run(org) for org in EVERYBODY}
    with database.write() as session:
        add_units(session)
        session.add_all(runs.values())
    return runs
