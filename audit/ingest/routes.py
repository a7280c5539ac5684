"""The page of ingest: what came from where, what waits, what could not be read."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from audit.ingest.figures import health
from audit.ingest.formats import find_format, names_known
from audit.ingest.formats.own import is_own
from audit.ingest.models import BatchState, IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_within
from audit.ingest.pipeline import spool_of
from audit.ingest.quarantine import BadRecord, likely_format, replay, shown_records
from audit.ingest.receive.counts import Counts, read_all
from audit.ingest.receive.models import LogSender
from audit.ingest.spool import DamagedRecordError
from soc.errors import ConflictError
from soc.text import known, t
from soc.tiers.scope import find_within, scope_codes, within
from soc.web.context import (
    abandon,
    current_actor,
    current_database,
    current_session,
    current_settings,
    viewer,
)
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast


def _formats_here() -> list[tuple[str, str]]:
    """The formats of what came in, and those asked for: all forty would bury the page."""
    query = within(viewer(), IngestBatch).with_only_columns(IngestBatch.format).distinct()
    held = set(current_session().scalars(query))
    with formats_within(current_session(), viewer().org):
        known = [(name, find_format(name).title) for name in names_known()]
    asked = request.args.getlist("format")
    shown = [(name, title) for name, title in known if name in held or name in asked]
    # own formats of those below, and those that were taken out of force
    return shown + [(name, name) for name in sorted(held - {name for name, _ in known}) if is_own(name)]


bp = Blueprint("ingest", __name__, url_prefix="/ingest", template_folder="templates")
#: of many, those that were heard longest ago are of interest
_MOST_SENDERS = 50
TABLE = TableSpec(
    "batches",
    (
        Column("origin", "ingest.origin", IngestBatch.origin),
        Column("format", "ingest.format_name", IngestBatch.format),
        Column("org", "word.organisation", IngestBatch.org),
        Column("accepted", "ingest.accepted", IngestBatch.accepted, numeric=True),
        Column("quarantined", "ingest.quarantined", IngestBatch.quarantined, numeric=True),
        Column("received", "ingest.received", IngestBatch.received_at),
        Column("state", "word.status", IngestBatch.state),
    ),
    default_sort="-received",
    filters=(
        Filter(
            "format",
            "ingest.format_name",
            lambda: [Choice(name, title) for name, title in _formats_here()],
            lambda value: IngestBatch.format == value,
        ),
        Filter(
            "state",
            "word.status",
            lambda: [Choice(one.value, t(f"ingest.state.{one.value}")) for one in BatchState],
            lambda value: IngestBatch.state == BatchState(value),
        ),
        Filter(
            "bad",
            "ingest.quarantined",
            lambda: [Choice("yes", t("ingest.with_bad"))],
            lambda _value: IngestBatch.quarantined > 0,
        ),
    ),
)


@bp.get("/")
@requires("ingest.read")
def index() -> ResponseReturnValue:
    """List the batches, newest first, under what waits and what is lost."""
    page = page_of(within(viewer(), IngestBatch), TABLE, request.args)
    return render_template(
        "ingest/index.html",
        page=page,
        health=health(current_session(), viewer()),
        ports=_ports(),
        senders=current_session().scalars(_senders()).all(),
        may_upload=current_actor().may("ingest.write"),
        formats=_formats_of(current_actor().org),
        limit=current_settings().ingest_limit >> 20,
    )


def _formats_of(org: str) -> list[tuple[str, str]]:
    """What a file of an organisation may be said to be; an uploaded one is the uploader's own organisation's."""
    with formats_within(current_session(), org):
        return [(name, find_format(name).title) for name in names_known()]


def _ports() -> list[Counts]:
    """Return the syslog ports of the viewer's organisations."""
    codes = scope_codes(current_session(), viewer())
    return [counts for counts in read_all(current_settings()) if counts.org in codes]


def _senders() -> Select[LogSender]:
    """Select who sends, the silent ones first, then those that were heard longest ago."""
    query = within(viewer(), LogSender)
    return query.order_by(LogSender.silent_at.is_(None), LogSender.last_at, LogSender.sender).limit(_MOST_SENDERS)


@bp.get("/<uuid:batch>")
@requires("ingest.read", item=IngestBatch)
def show(batch: UUID) -> ResponseReturnValue:
    """Show one batch, and the records of it that could not be read, masked."""
    found = find_within(current_session(), viewer(), IngestBatch, batch)
    query = select(QuarantinedRecords).where(QuarantinedRecords.batch_id == found.id, QuarantinedRecords.count > 0)
    entries = current_session().scalars(query.order_by(QuarantinedRecords.reason)).all()
    return render_template(
        "ingest/show.html",
        batch=found,
        entries=[(entry, _records(entry)) for entry in entries],
        reason_of=_reason,
        may_replay=current_actor().may("ingest.write"),
        formats=_formats_of(found.org),
    )


def _reason(entry: QuarantinedRecords) -> str:
    """Return the reason in words; one of an older version may have none any more."""
    return t(entry.reason) if known(entry.reason) else entry.reason


def _records(entry: QuarantinedRecords) -> list[BadRecord] | None:
    try:
        return shown_records(current_session(), viewer(), entry.id, spool_of(current_settings()))
    except DamagedRecordError:
        return None


@bp.get("/quarantine/<uuid:entry>/form")
@requires("ingest.write", item=QuarantinedRecords)
def form_again(entry: UUID) -> ResponseReturnValue:
    """Show the form that reads bad records again, with the format that they look like: a part of the batch's page, which does not wait."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, QuarantinedRecords, entry)
    try:
        looks_like = likely_format(session, actor, entry, spool_of(current_settings()))
    except DamagedRecordError:
        looks_like = None
    batch = session.get_one(IngestBatch, found.batch_id)
    return render_template(
        "ingest/again.html", entry=found, batch=batch, formats=_formats_of(batch.org), looks_like=looks_like
    )


@bp.post("/quarantine/<uuid:entry>/replay")
@requires("ingest.write", item=QuarantinedRecords)
def read_again(entry: UUID) -> ResponseReturnValue:
    """Read the bad records of one reason again, as another format where one is chosen; leads to what could be read."""
    actor = current_actor()
    batch = find_within(current_session(), actor, QuarantinedRecords, entry).batch_id
    # what is stored in the log store cannot be taken back with a request: it has its own transaction
    abandon()
    try:
        done = replay(
            current_database(), actor, entry, spool_of(current_settings()), request.form.get("format", "").strip()
        )
    except DamagedRecordError as error:
        raise ConflictError("ingest.error.original_gone") from error
    if done.batch is None:
        toast("ingest.none_read_again", "plain", count=done.left)
    else:
        toast("ingest.were_read_again", count=done.read, left=done.left)
    return redirect(url_for(".show", batch=done.batch or batch))
