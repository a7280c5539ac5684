"""``soc recognizers``: list, export, check, diff, propose, rollback."""

from typing import Any

import click

from soc.desk import at_desk, print_json
from soc.versions import commands

_DOCUMENT = "detectors.workshop.document:DOCUMENT"


@click.command("list")
@click.option("--org", default=None, help="Code of the organisation; the top one.")
@click.option("--shipped", is_flag=True, help="List the shipped ones too.")
def listed(org: str | None, shipped: bool) -> None:
    """List the recognizers in force for an organisation, its own and those of the tiers above, a JSON line each."""
    from detectors.recognizers.definition import recognizers
    from soc.ledger.own_types import sought
    from soc.tiers.scope import narrowed

    with at_desk() as desk, desk.read() as (session, actor):
        own = sought(session, narrowed(session, actor, org or actor.org).org)
    for one in recognizers().values() if shipped else ():
        print_json(_line(one, "shipped"))
    for definition in own:
        print_json(_line(definition, definition.org) | {"words": len(definition.words), "log": definition.log})


def _line(one: Any, org: str) -> dict[str, Any]:
    kind = one.type
    told = {"id": kind.id, "org": org, "zh": kind.zh, "en": kind.en, "level": kind.level.value}
    return told | {"pattern": one.pattern, "check": one.check}


export = commands.show(_DOCUMENT, "export")
check = commands.check(_DOCUMENT)
diff = commands.diff(_DOCUMENT)
propose = commands.propose(_DOCUMENT, "soc recognizers propose")
rollback = commands.rollback(_DOCUMENT, "soc recognizers rollback")
