"""``soc logs search|subject``."""

import sys

import click

from soc.desk import at_desk, print_json
from soc.text import t


@click.command("search")
@click.argument("query", default="*")
@click.option("--since", help="From this time: RFC 3339, a day, or now-15m.")
@click.option("--until", help="Before this time; a day lasts until its end.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many, the newest; all by default.")
@click.option("--count", "only_count", is_flag=True, help="Only how many there are.")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def search(
    query: str, since: str | None, until: str | None, limit: int | None, only_count: bool, as_json: bool
) -> None:
    """Print the events that match QUERY (Lucene syntax) as OCSF lines, newest first."""
    from audit.search import period
    from audit.search.reading import lines
    from soc.logstore import open_store
    from soc.logstore.lucene import parse
    from soc.logstore.port import SearchRequest

    stretch = period.written(since, until)
    request = SearchRequest(query=parse(query), since=stretch.since, until=stretch.until)
    with at_desk() as desk:
        store = open_store(desk.settings)
        if only_count:
            print_json({"count": store.count(request)})
            return
        for line in lines(store, request, limit):
            sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


@click.command("subject")
@click.option("--purpose", required=True, help="Why it is asked; kept in the trail.")
@click.option("--since", help="From this time: RFC 3339, a day, or now-15m.")
@click.option("--until", help="Before this time; a day lasts until its end.")
@click.option("--json", "as_json", is_flag=True)
def subject(purpose: str, since: str | None, until: str | None, as_json: bool) -> None:
    """Tell who looked a subject up: its number is read from standard input, and kept nowhere."""
    from audit.search import period
    from audit.search.subjects import who_looked_up
    from soc.logstore import open_store

    written = click.prompt(t("subject.value"), hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    stretch = period.written(since, until)
    with at_desk() as desk, desk.write() as (session, actor):
        found = who_looked_up(session, open_store(desk.settings), actor, written, purpose=purpose, period=stretch)
    if as_json:
        print_json(found.as_json())
        return
    click.echo(
        t(
            "subject.said",
            type=t(f"subject.type.{found.type}"),
            token=found.token,
            times=found.times,
            people=found.total,
        )
    )
    for one in found.askers:
        who, through = one.person or one.asked_by or one.account or "-", one.application or one.log_name
        click.echo(
            "\t".join(
                (
                    who,
                    one.org,
                    through,
                    str(one.times),
                    f"{one.first:%Y-%m-%dT%H:%M:%SZ}",
                    f"{one.last:%Y-%m-%dT%H:%M:%SZ}",
                )
            )
        )
