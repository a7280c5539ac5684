"""``soc logs quarantine | again``: what could not be read, and reading it again."""

from datetime import timedelta

import click

from soc.desk import Desk, at_desk, print_json
from soc.errors import UnavailableError

#: how long another process that is at it may take
_PATIENCE = timedelta(minutes=10)


@click.command("quarantine")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def quarantine(as_json: bool) -> None:
    """List records that could not be read, by batch and reason, one JSON line each; their first lines are masked."""
    from sqlalchemy import select

    from audit.ingest.models import IngestBatch, QuarantinedRecords

    with at_desk() as desk, desk.read() as (session, _actor):
        held = select(QuarantinedRecords, IngestBatch).join(IngestBatch, IngestBatch.id == QuarantinedRecords.batch_id)
        for entry, batch in session.execute(held.where(QuarantinedRecords.count > 0).order_by(QuarantinedRecords.id)):
            told = {"id": str(entry.id), "org": entry.org, "format": batch.format, "origin": batch.origin}
            print_json(told | {"reason": entry.reason, "count": entry.count} | _shown(desk, str(entry.id)))


def _shown(desk: Desk, entry: str) -> dict[str, object]:
    from audit.ingest.pipeline import spool_of
    from audit.ingest.quarantine import shown_records
    from audit.ingest.spool import DamagedRecordError

    with desk.read() as (session, actor):
        try:
            shown = shown_records(session, actor, entry, spool_of(desk.settings))
        except DamagedRecordError:
            return {"original": "gone"}
    return {
        "looks_like": shown.looks_like,
        "lines": [{"line": one.line + 1, "text": one.text} for one in shown.records],
    }


@click.command("again")
@click.argument("entry")
@click.option("--format", "format_name", default="", help="Name of the format; the batch's own by default.")
@click.option("--json", "as_json", is_flag=True, help="The only form there is.")
def again(entry: str, format_name: str, as_json: bool) -> None:
    """Read the records of the quarantine's ENTRY again; what can be read is taken in, and searchable when it ends."""
    from audit.ingest.pipeline import searchable, spool_of
    from audit.ingest.quarantine import replay
    from soc.identity.actors import operator_actor
    from soc.logstore import open_store

    with at_desk() as desk:
        with desk.database.read() as session:
            actor = operator_actor(session)
        done = replay(desk.database, actor, entry, spool_of(desk.settings), format_name)
        if not searchable(desk.database, desk.settings, open_store(desk.settings), within=_PATIENCE):
            raise UnavailableError("ingest.error.waiting", seconds=int(_PATIENCE.total_seconds()))
    print_json({"read": done.read, "left": done.left, "batch": str(done.batch) if done.batch else None})
