"""``/api/v1/ledger/scans``: the scans of sources, and any two of one source compared."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from apiflask import fields

from soc.ledger.diff import diff_of
from soc.ledger.models import ScanRun
from soc.tiers.scope import find_within, within
from soc.web.api import ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("ledger_scans", __name__, "ledger")


class ScanArgs(ListArgs):
    """Which scans."""

    source_id = fields.UUID()


@bp.get("/ledger/scans")
@bp.input(ScanArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def scans(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the scans, the newest first."""
    query = within(current_actor(), ScanRun)
    if "source_id" in query_data:
        query = query.where(ScanRun.source_id == query_data["source_id"])
    return list_of(query.order_by(ScanRun.finished_at.desc(), ScanRun.id.desc()), shape, query_data)


@bp.get("/ledger/scans/<uuid:run_id>")
@requires("ledger.read", item=ScanRun)
def one(run_id: UUID) -> dict[str, Any]:
    """Return one scan."""
    return shape(find_within(current_session(), current_actor(), ScanRun, run_id))


@bp.get("/ledger/scans/<uuid:before_id>/diff/<uuid:after_id>")
@requires("ledger.read", item=ScanRun)
def diff(before_id: UUID, after_id: UUID) -> dict[str, Any]:
    """Compare two scans of one source: new, gone and changed items, and levels that moved."""
    session, actor = current_session(), current_actor()
    before, after = (find_within(session, actor, ScanRun, one) for one in (before_id, after_id))
    found = diff_of(session, before, after)
    told = {"before_id": str(before.id), "after_id": str(after.id), "source_id": str(after.source_id)}
    return told | {"counts": found.counts()} | asdict(found)


def shape(run: ScanRun) -> dict[str, Any]:
    """Return a scan's JSON."""
    return item(
        run,
        source_id=str(run.source_id),
        started_at=run.started_at.isoformat(),
        finished_at=run.finished_at.isoformat(),
        full=run.full,
        tables=run.tables,
        columns=run.columns,
        sensitive=run.sensitive,
        changed=run.changed,
        skipped=run.skipped,
        by=run.by,
    )
