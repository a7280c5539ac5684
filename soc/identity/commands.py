"""``soc person list | move | grant | withdraw``."""

from typing import Any

import click
from sqlalchemy.orm import Session

from soc.desk import at_desk, print_json
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.identity.models import Person
from soc.identity.reach import (
    Reach,
    grant_line,
    lines_held,
    move_person,
    propose_line,
    propose_move,
    withdraw_line,
)
from soc.installation import is_demo
from soc.text import t
from soc.tiers.scope import within

_reason = click.option("--reason", default="", help="Why; the second person reads it.")
_line = click.option("--line", required=True, help="The business line.")
_below = click.option("--org", required=True, help="Code of the organisation below which the line is seen.")


@click.command("list")
def list_() -> None:
    """List the persons with their organisation, roles and business lines, one JSON line each."""
    with at_desk() as desk, desk.read() as (session, actor):
        persons = session.scalars(within(actor, Person).order_by(Person.username)).all()
        found = [_as_json(session, person) for person in persons]
    for one in found:
        print_json(one)


@click.command("move")
@click.argument("username")
@click.option("--org", required=True, help="Code of the organisation where they are to work.")
@_reason
def move(username: str, org: str, reason: str) -> None:
    """Propose that USERNAME works elsewhere; a second person decides. A demo installation moves them at once."""
    with at_desk() as desk, desk.write() as (session, actor):
        person = _named(session, actor, username)
        if is_demo(session):
            move_person(session, actor, person, org)
            told = {"status": "done", **_as_json(session, person)}
        else:
            approval = propose_move(session, actor, person.id, org, reason=reason or t("units.from_the_command_line"))
            told = {"status": "proposed", "approval": str(approval.id)}
    print_json(told)


@click.command("grant")
@click.argument("username")
@_line
@_below
@_reason
def grant(username: str, line: str, org: str, reason: str) -> None:
    """Propose that USERNAME sees a business line; a second person decides. A demo installation grants it at once."""
    with at_desk() as desk, desk.write() as (session, actor):
        person, reach = _named(session, actor, username), Reach(line, org)
        if is_demo(session):
            grant_line(session, actor, person, reach)
            told = {"status": "done", **_as_json(session, person)}
        else:
            why = reason or t("units.from_the_command_line")
            told = {
                "status": "proposed",
                "approval": str(propose_line(session, actor, person.id, reach, reason=why).id),
            }
    print_json(told)


@click.command("withdraw")
@click.argument("username")
@_line
@_below
def withdraw(username: str, line: str, org: str) -> None:
    """Take a business line from USERNAME, at once."""
    with at_desk() as desk, desk.write() as (session, actor):
        person = _named(session, actor, username)
        held = next((one for one in lines_held(session, person) if (one.line, one.root) == (line, org)), None)
        if held is None:
            raise NotFoundError("people.error.line_not_held")
        withdraw_line(session, actor, person.id, held.id)
        told = _as_json(session, person)
    print_json(told)


def _named(session: Session, actor: Actor, username: str) -> Person:
    found = session.scalar(within(actor, Person).where(Person.username == username))
    if found is None:
        raise NotFoundError("people.error.unknown")
    return found


def _as_json(session: Session, person: Person) -> dict[str, Any]:
    return {
        "username": person.username,
        "name": person.display_name,
        "org": person.org,
        "roles": sorted(held.role.value for held in person.roles),
        "lines": [{"line": one.line, "org": one.root} for one in lines_held(session, person)],
        "active": person.active,
    }
