"""The runs of jobs: progress as it goes, and the way to stop one."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from soc.clock import now
from soc.jobs import JobRun, RunStatus, cancel, is_pausable, pause, resume
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
_STATUSES = Filter(
    "status",
    "word.status",
    lambda: [Choice(one.value, t(f"web.jobs.status.{one.value}")) for one in RunStatus],
    lambda value: JobRun.status == RunStatus(value),
)
TABLE = TableSpec(
    "jobs",
    (
        Column("job", "web.jobs.job", JobRun.job),
        Column("status", "word.status", JobRun.status),
        Column("progress", "web.jobs.progress"),
        Column("by", "web.jobs.by", JobRun.ordered_by),
        Column("created", "web.jobs.created", JobRun.created_at),
        Column("ended", "web.jobs.ended", JobRun.ended_at),
        Column("do", ""),
    ),
    default_sort="-created",
    filters=(_STATUSES,),
    search=lambda text: JobRun.job.icontains(text, autoescape=True),
)


@bp.get("/")
@requires("jobs.read")
def index() -> ResponseReturnValue:
    """List the runs; htmx asks again while the page is open."""
    page = page_of(within(viewer(), JobRun), TABLE, request.args)
    template = "jobs/rows.html" if request.headers.get("HX-Target") == "jobs-live" else "jobs/index.html"
    return render_template(template, page=page, left=time_left, pausable=is_pausable)


@bp.get("/<uuid:run_id>")
@requires("jobs.read", item=JobRun)
def show(run_id: UUID) -> ResponseReturnValue:
    """Show one run."""
    run = find_within(current_session(), current_actor(), JobRun, run_id)
    return render_template("jobs/show.html", run=run, left=time_left, pausable=is_pausable)


@bp.post("/<uuid:run_id>/cancel")
@requires("jobs.write", item=JobRun)
def stop(run_id: UUID) -> ResponseReturnValue:
    """Ask a run to stop."""
    cancel(current_session(), current_actor(), run_id)
    toast("web.jobs.cancel_asked")
    return redirect(url_for(".show", run_id=run_id))


@bp.post("/<uuid:run_id>/pause")
@requires("jobs.write", item=JobRun)
def hold_on(run_id: UUID) -> ResponseReturnValue:
    """Ask a run to stop where it is."""
    pause(current_session(), current_actor(), run_id)
    toast("web.jobs.pause_asked")
    return redirect(url_for(".show", run_id=run_id))


@bp.post("/<uuid:run_id>/resume")
@requires("jobs.write", item=JobRun)
def go_on(run_id: UUID) -> ResponseReturnValue:
    """Let a paused run go on."""
    resume(current_session(), current_actor(), run_id)
    toast("web.jobs.resumed")
    return redirect(url_for(".show", run_id=run_id))


def time_left(run: JobRun) -> timedelta | None:
    """Return how long a run will still take at its present rate; None while nobody can tell."""
    if run.status is not RunStatus.RUNNING or not run.started_at or not 0 < run.done < run.total:
        return None
    return (now() - run.started_at) * ((run.total - run.done) / run.done)
