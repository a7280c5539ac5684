"""``soc unit list | add | change | move | close | reopen``."""

from datetime import datetime, time
from typing import Any

import click
from sqlalchemy import select

from soc.clock import now
from soc.desk import Desk, at_desk, print_json
from soc.installation import is_demo
from soc.text import t
from soc.tiers.models import Organisation, Tier, UnitKind
from soc.tiers.placing import Placing, place_unit, propose_placing
from soc.tiers.scope import visible
from soc.tiers.units import (
    NewUnit,
    UnitFacts,
    add_unit,
    change_unit,
    close_unit,
    facts_of,
    own_unit,
    reopen_unit,
)

_KIND = click.Choice([kind.value for kind in UnitKind])
_ends = click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), help="Last day; its accounts and tokens end with it.")


@click.command("list")
def list_() -> None:
    """List the units below the centres, one JSON line each."""
    with at_desk() as desk, desk.read() as (session, actor):
        query = select(Organisation).where(Organisation.tier == Tier.UNIT, visible(actor, Organisation.code))
        found = [as_json(unit) for unit in session.scalars(query.order_by(Organisation.path))]
    for one in found:
        print_json(one)


@click.command("add")
@click.argument("name")
@click.option("--org", required=True, help="Code of the organisation it stands under.")
@click.option("--kind", type=_KIND, required=True)
@click.option("--name-en", default="", help="Its name in English.")
@click.option("--line", default="", help="The business line it belongs to.")
@click.option("--code", "suffix", default="", help="What its code ends in; the next number by default.")
@_ends
def add(name: str, org: str, kind: str, name_en: str, line: str, suffix: str, ends: datetime | None) -> None:
    """Make the unit NAME under an organisation."""
    with at_desk() as desk, desk.write() as (session, actor):
        order = NewUnit(
            parent=org, name=name, kind=UnitKind(kind), name_en=name_en, line=line, suffix=suffix,
            expires_at=_end_of(desk, ends),
        )  # fmt: skip
        told = as_json(add_unit(session, actor, order, at=now()))
    print_json(told)


@click.command("change")
@click.argument("code")
@click.option("--name", help="Its new name.")
@click.option("--name-en", help="Its new name in English.")
@click.option("--kind", type=_KIND)
@_ends
def change(code: str, name: str | None, name_en: str | None, kind: str | None, ends: datetime | None) -> None:
    """Rename the unit CODE, say what it is or when it ends; what is not given stays."""
    with at_desk() as desk, desk.write() as (session, actor):
        unit = own_unit(session, actor, code)
        facts = UnitFacts(
            name=unit.name if name is None else name,
            name_en=unit.name_en if name_en is None else name_en,
            kind=UnitKind(kind) if kind else unit.kind or UnitKind.OFFICE,
            expires_at=_end_of(desk, ends) or unit.expires_at,
        )
        told = as_json(change_unit(session, actor, code, facts, at=now()))
    print_json(told)


@click.command("move")
@click.argument("code")
@click.option("--org", help="Code of the organisation it is to stand under; where it stands by default.")
@click.option("--line", help="The business line it is to belong to, '' for none; its own by default.")
@click.option("--reason", default="", help="Why; the second person reads it.")
def move(code: str, org: str | None, line: str | None, reason: str) -> None:
    """Propose where the unit CODE stands and its business line; a second person decides. A demo moves it at once."""
    with at_desk() as desk, desk.write() as (session, actor):
        unit = own_unit(session, actor, code)
        parent = org or str(unit.parent_code)
        order = Placing(code, parent, (unit.line or "") if line is None else line)
        told: dict[str, Any]
        if is_demo(session):
            told = {"status": "done", **as_json(place_unit(session, actor, order))}
        else:
            approval = propose_placing(session, actor, order, reason=reason or t("units.from_the_command_line"))
            told = {"status": "proposed", "approval": str(approval.id)}
    print_json(told)


@click.command("close")
@click.argument("code")
def close(code: str) -> None:
    """Close the unit CODE, in which nobody is any more."""
    with at_desk() as desk, desk.write() as (session, actor):
        told = as_json(close_unit(session, actor, code, at=now()))
    print_json(told)


@click.command("reopen")
@click.argument("code")
def reopen(code: str) -> None:
    """Open the closed unit CODE again."""
    with at_desk() as desk, desk.write() as (session, actor):
        told = as_json(reopen_unit(session, actor, code, at=now()))
    print_json(told)


def as_json(unit: Organisation) -> dict[str, Any]:
    """Return what the commands print of a unit."""
    return {"org": unit.code, **facts_of(unit)}


def _end_of(desk: Desk, day: datetime | None) -> datetime | None:
    """Return the last instant of a day in the centre's zone."""
    return datetime.combine(day, time.max, desk.settings.timezone) if day else None
