"""``soc ledger interfaces``: the interfaces that are registered, or those that the logs show."""

import click

from soc.desk import at_desk, print_json


@click.command("interfaces")
@click.option("--seen", is_flag=True, help="Those that the logs show, with what their statements read.")
@click.option("--org", default=None, help="Code of the organisation, with those below it; all of them.")
def interfaces(seen: bool, org: str | None) -> None:
    """List the interfaces of the ledger, a JSON line each."""
    from soc.ledger.interfaces import interfaces_within
    from soc.ledger.models import LedgerTable
    from soc.ledger.seen import SeenInterface, last_seen_of, seen_within, shape_of
    from soc.tiers.scope import narrowed

    with at_desk() as desk, desk.read() as (session, actor):
        reader = narrowed(session, actor, org or actor.org)
        if seen:
            query = seen_within(reader).order_by(SeenInterface.org, SeenInterface.path, SeenInterface.method)
            for one in session.scalars(query):
                print_json({"id": str(one.id), "org": one.org, **shape_of(one)})
            return
        tables = list(session.scalars(interfaces_within(reader).order_by(LedgerTable.name, LedgerTable.id)))
        last = last_seen_of(session, [one.id for one in tables])
        for table in tables:
            method, _, path = table.name.partition(" ")
            at = last.get(table.id)
            print_json({
                "id": str(table.id), "org": table.org, "source": table.source.name, "method": method, "path": path,
                "purpose": table.summary, "level": table.level.value, "last_seen": at.isoformat() if at else None,
            })  # fmt: skip
