"""The page of the sources: what is registered, and the form that registers a database.

A form reaches databases over the network only. Files of this machine are named on its own command
line (``soc source add``): a page must not become a way to read them.
"""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from detectors.discovery.probe import Probe, probe
from detectors.discovery.sources import guard
from detectors.discovery.sources.databases.support import support_of
from soc.errors import InputError, SocError
from soc.jobs import enqueue
from soc.ledger.models import Source
from soc.ledger.sources import NewSource, add_source, is_url
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.scope import find_within, visible, within
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast

bp = Blueprint("sources", __name__, url_prefix="/sources", template_folder="templates")
SCAN_JOB = "discovery.scan"
TABLE = TableSpec(
    "sources",
    (
        Column("name", "ledger.column.source", Source.name),
        Column("org", "word.organisation", Source.org),
        Column("kind", "ledger.column.kind", Source.kind),
        Column("address", "ledger.column.address"),
        Column("scanned", "ledger.column.scanned", Source.scanned_at),
        Column("do", ""),
    ),
    default_sort="name",
    search=lambda text: Source.name.icontains(text, autoescape=True),
)


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A database to register; its address may carry a password, which is sealed and never shown again."""

    name: str = field(metadata={"longest": 80})
    url: str = field(metadata={"longest": 1000})
    org: str = field(metadata={"longest": 40})


class FileSourceError(InputError):
    """A page registers databases of the network only."""


@bp.get("/")
@requires("system.write")
def index() -> ResponseReturnValue:
    """Show what is registered, and the form."""
    return _page(None, None)


@bp.post("/")
@requires("system.write")
def add() -> ResponseReturnValue:
    """Register a database that answers, and order its first scan."""
    given = read_form(SourceForm)
    try:
        found = _reached(given.url)
        source = add_source(
            current_session(), current_actor(), current_settings(), NewSource(given.name, given.url, given.org)
        )
    except SocError as error:
        g.refused = True
        return _page(text_of(error), given), error.status
    enqueue(current_session(), current_actor(), SCAN_JOB, {"source": str(source.id)}, org=source.org)
    toast("sources.added", name=source.name, count=found.tables)
    for warning in found.messages():
        toast(warning.key, "plain", **warning.params)
    return redirect(url_for(".index"))


@bp.post("/<uuid:source_id>/scan")
@requires("system.write", item=Source)
def scan(source_id: UUID) -> ResponseReturnValue:
    """Order a scan; a worker takes it within a second."""
    session, actor = current_session(), current_actor()
    source = find_within(session, actor, Source, source_id)
    enqueue(session, actor, SCAN_JOB, {"source": str(source.id)}, org=source.org)
    toast("ledger.scan_ordered", name=source.name)
    return redirect(url_for(".index"))


def _reached(url: str) -> Probe:
    """Return what can be seen there, and what of the account should be mended.

    Raises:
        SocError: no address a page may register, or nothing answers there.
    """
    if not is_url(url) or guard.is_local_file(url):
        raise FileSourceError("sources.error.files")
    guard.checked(url)
    return probe(url)


def _page(problem: str | None, given: SourceForm | None) -> str:
    query = within(viewer(), Source).where(Source.removed_at.is_(None))
    organisations = select(Organisation).where(visible(current_actor(), Organisation.code)).order_by(Organisation.path)
    return render_template(
        "sources/index.html",
        page=page_of(query, TABLE, request.args),
        organisations=[(one.code, f"{shown_name(one)} {one.code}") for one in current_session().scalars(organisations)],
        support=support_of,
        problem=problem,
        # what was typed is shown again, but for the address: it may hold a password
        given={"name": given.name, "org": given.org} if given else {},
    )
