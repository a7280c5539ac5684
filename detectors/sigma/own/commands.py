"""``soc rules own``: list, add, remove, switch off and on, count one; export, check, diff, propose, roll back all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soc.desk import at_desk, print_json
from soc.text import t
from soc.versions import commands

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from soc.identity.actor import Actor
    from soc.versions.models import PolicyVersion

_DOCUMENT = "detectors.sigma.own.service:DOCUMENT"
_RULE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_ORG = click.option("--org", default=None, help="Code of the organisation whose rule it is; the top one.")
_REASON = "Why; the second person reads it."
_OFF = "Why it is off; the second person reads it, and whoever looks at the rule."
_DAYS = ("7", "30")


@click.command("list")
@_ORG
def listed(org: str | None) -> None:
    """List the own rules in force for an organisation, those of the tiers above too, and what it switched off, a JSON line each."""
    from detectors.sigma.own.book import org_of, own_within
    from detectors.sigma.own.naming import idle_of
    from detectors.sigma.own.service import TABLES
    from soc.tiers.scope import narrowed

    with at_desk() as desk, desk.read() as (session, actor):
        place = narrowed(session, actor, org or actor.org).org
        own = own_within(session, place)
        idle = idle_of(session, own)
        for rule in own.rules:
            said = {"id": rule.rule_id, "org": org_of(rule.rule_id), "title": rule.title, "level": rule.level}
            print_json(said | ({"idle": idle[rule.rule_id]} if rule.rule_id in idle else {}))
        for one in TABLES.body_of(session, place)["rules"]:
            if "off" in one:
                print_json({"id": one["id"], "org": place, "off": one["off"]})


@click.command("add")
@_RULE
@_ORG
@click.option("--reason", default="soc rules own add", help=_REASON)
def add(file: Path, org: str | None, reason: str) -> int:
    """Propose the Sigma rule in FILE beside those in force, in place of the one of its id; a second person has to approve it."""
    from detectors.sigma.own.service import write

    text = file.read_text("utf-8")
    return _proposed(org, reason, lambda session, actor, place: write(session, actor, place, text))


@click.command("remove")
@click.argument("rule_id")
@_ORG
@click.option("--reason", default="soc rules own remove", help=_REASON)
def remove(rule_id: str, org: str | None, reason: str) -> int:
    """Propose to take the own rule RULE_ID out of force; a second person has to approve it."""
    from detectors.sigma.own.service import TABLES

    return _proposed(org, reason, lambda session, actor, place: TABLES.take_out(session, actor, place, rule_id))


@click.command("off")
@click.argument("rule_id")
@_ORG
@click.option("--reason", required=True, help=_OFF)
def off(rule_id: str, org: str | None, reason: str) -> int:
    """Propose that RULE_ID, shipped or own, is not looked for in an organisation and below; a second person has to approve it."""
    from detectors.sigma.own.service import switch_off

    return _proposed(org, reason, lambda session, actor, place: switch_off(session, actor, place, rule_id, why=reason))


@click.command("on")
@click.argument("rule_id")
@_ORG
@click.option("--reason", default="soc rules own on", help=_REASON)
def on(rule_id: str, org: str | None, reason: str) -> int:
    """Propose that RULE_ID is looked for again; a second person has to approve it."""
    from detectors.sigma.own.service import switch_on

    return _proposed(org, reason, lambda session, actor, place: switch_on(session, actor, place, rule_id))


_Act = Callable[["Session", "Actor", str], "PolicyVersion"]


def _proposed(org: str | None, reason: str, act: _Act) -> int:
    """Change the operator's draft and propose it; says everything that is wrong with it instead, where it is faulty."""
    from detectors.sigma.own.service import TABLES
    from soc.versions.service import FaultyBodyError

    try:
        with at_desk() as desk, desk.write() as (session, actor):
            place = org or actor.org
            act(session, actor, place)
            number = TABLES.propose(session, actor, place, reason=reason).payload["number"]
    except FaultyBodyError as error:
        for one in error.problems:
            click.echo(f"{one.path}: {one.text()}", err=True)
        return 1
    click.echo(t("versions.proposed", number=number), err=True)
    print_json({"version": number, "status": "proposed"})
    return 0


@click.command("count")
@_RULE
@_ORG
@click.option("--days", type=click.Choice(_DAYS), default=_DAYS[0], show_default=True, help="How far it looks back.")
def count(file: Path, org: str | None, days: str) -> int:
    """Count by day what the Sigma rule in FILE would have hit on what is stored; nothing is kept."""
    from detectors.sigma.own.service import TABLES
    from detectors.sigma.own.trial import problems_here, trial_of
    from detectors.sigma.own.trying import counted
    from soc.clock import now
    from soc.logstore import open_store
    from soc.logstore.query import Scope
    from soc.tiers.scope import narrowed, scope_codes

    text = file.read_text("utf-8")
    with at_desk() as desk:
        with desk.read() as (session, actor):
            reader = narrowed(session, actor, org or actor.org)
            scope, body = Scope(scope_codes(session, reader)), TABLES.working_body(session, actor, reader.org)
            problems = problems_here(session, reader.org, body, text)
            for one in problems:
                click.echo(f"{one.path}: {one.text()}", err=True)
            if problems:
                return 1
            trial = trial_of(session, reader.org, body, text)
        found = counted(open_store(desk.settings), trial, scope, now(), int(days), desk.settings.timezone)
    print_json(found.figures())
    return 0


export = commands.show(_DOCUMENT, "export")
check = commands.check(_DOCUMENT)
diff = commands.diff(_DOCUMENT)
propose = commands.propose(_DOCUMENT, "soc rules own propose")
rollback = commands.rollback(_DOCUMENT, "soc rules own rollback")
