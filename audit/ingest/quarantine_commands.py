"""``soc logs quarantine | again``: what could not be read, and reading it again."""

from typing import TYPE_CHECKING

import click

from soc.desk import Desk, at_desk, print_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from audit.ingest.models import QuarantinedRecords
    from soc.identity.actor import Actor


@click.command("quarantine")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def quarantine(as_json: bool) -> None:
    """List records that could not be read, by batch and reason, one JSON line each; their first lines are masked."""
    from sqlalchemy import select

    from audit.ingest.models import IngestBatch, QuarantinedRecords

    with at_desk() as desk, desk.read() as (session, actor):
        held = select(QuarantinedRecords, IngestBatch).join(IngestBatch, IngestBatch.id == QuarantinedRecords.batch_id)
        for entry, batch in session.execute(held.where(QuarantinedRecords.count > 0).order_by(QuarantinedRecords.id)):
            told = {"id": str(entry.id), "org": entry.org, "format": batch.format, "origin": batch.origin}
            print_json(told | {"reason": entry.reason, "count": entry.count} | _shown(desk, session, actor, entry))


def _shown(desk: Desk, session: "Session", actor: "Actor", entry: "QuarantinedRecords") -> dict[str, object]:
    from audit.ingest.pipeline import spool_of
    from audit.ingest.quarantine import likely_format, shown_records
    from audit.ingest.spool import DamagedRecordError

    spool = spool_of(desk.settings)
    try:
        shown = shown_records(session, actor, entry.id, spool)
        looks_like = likely_format(session, actor, entry.id, spool)
    except DamagedRecordError:
        return {"original": "gone"}
    return {"looks_like": looks_like, "lines": [{"line": one.line + 1, "text": one.text} for one in shown]}


@click.command("again")
@click.argument("entry")
@click.option("--format", "format_name", default="", help="Name of the format; the batch's own by default.")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def again(entry: str, format_name: str, as_json: bool) -> None:
    """Read the records of the quarantine's ENTRY again; what can be read is taken in, and searchable when it ends."""
    from audit.ingest.pipeline import make_searchable, spool_of
    from audit.ingest.quarantine import replay
    from soc.logstore import open_store

    with at_desk() as desk:
        with desk.read() as (_, operator):
            actor = operator
        done = replay(desk.database, actor, entry, spool_of(desk.settings), format_name)
        make_searchable(desk.database, desk.settings, open_store(desk.settings))
    print_json({"read": done.read, "left": done.left, "batch": str(done.batch) if done.batch else None})
