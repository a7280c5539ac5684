"""``soc logs search``."""

import sys

import click

from soc.desk import at_desk, print_json


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
