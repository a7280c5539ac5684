"""``soc weaknesses check SOURCE``: look at one registered source now."""

import click

from soc.desk import at_desk, print_json


@click.command()
@click.argument("source")
@click.option("--org", default=None, help="Code of the organisation, where two have a source of this name.")
@click.option("--json", "as_json", is_flag=True)
def check(source: str, org: str | None, as_json: bool) -> int:
    """Run every read-only check of a source's kind; exit 1 where something is weak."""
    from detectors.weaknesses.jobs import look_and_keep
    from soc.ledger.sources import find_source
    from soc.logstore import open_store

    with at_desk() as desk:
        with desk.read() as (session, actor):
            found = find_source(session, actor, source, org)
        told = look_and_keep(desk.database, actor, found.id, open_store(desk.settings))
    if as_json:
        print_json(told)
    else:
        click.echo(" ".join(f"{name}={count}" for name, count in told.items()))
    return 1 if told["found"] else 0
