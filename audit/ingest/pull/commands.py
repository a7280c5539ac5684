"""``soc logs pull``: set up, list, try, run, pause, resume and remove what logs are fetched from."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soc.desk import Desk, at_desk, print_json

if TYPE_CHECKING:
    from audit.ingest.pull.models import LogPull, PullProgress

_NAME = click.argument("name")
_ORG = click.option("--org", help="Code of the organisation whose logs they are; the installation's own by default.")


@click.command("add")
@_NAME
@click.argument("url")
@_ORG
@click.option("--index", help="An index, a pattern, a data stream; several with commas.")
@click.option("--time-field", default="@timestamp", show_default=True, help="The field that says a document's time.")
@click.option("--filter", "chosen", default="", help="Which documents: words of Lucene, or a query as JSON.")
@click.option("--field", "line_field", default="", help="The field that holds the log's line; else the document is it.")
@click.option("--format", "format_name", default="auto", show_default=True, help="A log format, or auto.")
@click.option("--since", default="", help="Where to begin (RFC 3339 with its zone); with the oldest by default.")
@click.option("--overlap", default=600, show_default=True, help="Seconds by which a document may come late.")
@click.option("--every", type=click.IntRange(5, 86400), help="Seconds between two looks; 15, of a bucket 60.")
@click.option("--ordered", is_flag=True, help="A bucket's keys come in the order of time.")
@click.option("--largest", type=click.IntRange(1), help="Bytes; larger objects are named and passed over; 5 GiB.")
@click.option(
    "--ca", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The authority's certificates."
)
@click.option("--no-verify", is_flag=True, help="Do not check the server's certificate.")
@click.option("--api-key-file", type=click.File("r"), help="A file that holds an API key; - is the standard input.")
def add(name: str, url: str, org: str | None, **given: Any) -> None:
    """Fetch logs from URL (https://USER:PASSWORD@HOST:9200, s3://KEY:SECRET@BUCKET/PREFIX?endpoint_override=…).

    The password or the keys are sealed, and never shown.
    """
    from audit.ingest.pull.service import add_pull
    from audit.ingest.scope import checked_org

    with at_desk() as desk:
        with desk.write() as (session, actor):
            pull = add_pull(session, actor, desk.settings, _order(name, url, checked_org(session, actor, org), given))
        _show(desk, pull)


def _order(name: str, url: str, org: str, given: dict[str, Any]) -> Any:
    from audit.ingest.pull.addressing import read_address
    from audit.ingest.pull.bucket import Wanted as OfBucket
    from audit.ingest.pull.indices import Wanted as OfIndex
    from audit.ingest.pull.models import PullKind
    from audit.ingest.pull.service import Order

    at, key = read_address(url), given["api_key_file"]
    secret = {"api_key": key.read().strip()} if key else at.secret
    wanted: OfBucket | OfIndex
    if at.kind is PullKind.BUCKET:
        largest = {"largest": given["largest"]} if given["largest"] else {}
        target, wanted = at.bucket, OfBucket(at.prefix, at.region, given["ordered"], **largest)
    else:
        target = given["index"] or ""
        wanted = OfIndex(given["time_field"], given["chosen"], given["overlap"], given["since"])
    return Order(
        org=org, name=name, kind=at.kind, address=at.address, target=target, wanted=wanted,
        format=given["format_name"], field=given["line_field"], authority=given["ca"].read_text() if given["ca"] else "",
        verify=not given["no_verify"], secret=secret,
        every=timedelta(seconds=given["every"] or (60 if at.kind is PullKind.BUCKET else 15)),
    )  # fmt: skip


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def list_all(as_json: bool) -> None:
    """Print what logs are fetched from, and how each fares; secrets are never shown."""
    from audit.ingest.pull.service import list_pulls, progress_of

    with at_desk() as desk, desk.read() as (session, actor):
        for pull in list_pulls(session, actor):
            print_json(shown(pull, progress_of(session, pull)))


def shown(pull: "LogPull", progress: "PullProgress") -> dict[str, Any]:
    """Return what is printed of a pull."""
    return {
        "id": str(pull.id), "name": pull.name, "org": pull.org, "kind": pull.kind.value, "address": pull.address,
        "target": pull.target, "format": pull.format, "field": pull.field, **pull.options,
        "every": int(pull.every.total_seconds()), "paused": pull.paused_at is not None,
        "records": progress.records, "quarantined": progress.quarantined, "skipped": progress.skipped,
        "newest": _iso(progress.newest_at), "whole": _iso(progress.whole_at),
        "trouble": progress.trouble["key"] if progress.trouble else None,
    }  # fmt: skip


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _show(desk: Desk, pull: "LogPull") -> None:
    from audit.ingest.pull.service import progress_of

    with desk.read() as (session, _):
        print_json(shown(pull, progress_of(session, pull)))


@click.command("try")
@_NAME
@_ORG
def attempt(name: str, org: str | None) -> int:
    """Print how the first records would be read, as JSON lines; stores nothing."""
    from audit.ingest.pull.service import find_pull
    from audit.ingest.pull.trying import tried

    with at_desk() as desk:
        with desk.read() as (session, actor):
            pull = find_pull(session, actor, name, org)
        found = tried(desk.database, desk.settings, pull)
    for one in found:
        sys.stdout.write(one.line)
    return 0 if all(one.is_read for one in found) else 1


@click.command("run")
@_NAME
@_ORG
@click.option("--seconds", default=60, show_default=True, help="Stop after so long, with what is there by then.")
def run(name: str, org: str | None, seconds: int) -> int:
    """Fetch now what is there, and print what came."""
    from audit.ingest.pull.service import find_pull
    from audit.ingest.pull.turn import take_turn
    from soc.errors import ConflictError

    with at_desk() as desk:
        with desk.read() as (session, actor):
            pull = find_pull(session, actor, name, org)
        outcome = take_turn(desk.database, desk.settings, pull.id, budget=seconds)
    if outcome is None:
        raise ConflictError("pulls.error.busy")
    print_json(outcome.as_json())
    return 1 if outcome.trouble else 0


@click.command("pause")
@_NAME
@_ORG
def pause(name: str, org: str | None) -> None:
    """Stop fetching where it is."""
    from audit.ingest.pull.service import find_pull, pause_pull

    with at_desk() as desk:
        with desk.write() as (session, actor):
            pull = pause_pull(session, actor, find_pull(session, actor, name, org).id)
        _show(desk, pull)


@click.command("resume")
@_NAME
@_ORG
def resume(name: str, org: str | None) -> None:
    """Go on where it was."""
    from audit.ingest.pull.service import find_pull, resume_pull

    with at_desk() as desk:
        with desk.write() as (session, actor):
            pull = resume_pull(session, actor, find_pull(session, actor, name, org).id)
        _show(desk, pull)


@click.command("remove")
@_NAME
@_ORG
def remove(name: str, org: str | None) -> None:
    """Forget where logs were fetched from; the logs that came stay."""
    from audit.ingest.pull.service import find_pull, remove_pull

    with at_desk() as desk, desk.write() as (session, actor):
        pull = find_pull(session, actor, name, org)
        remove_pull(session, actor, pull.id)
        print_json({"removed": pull.name, "org": pull.org})
