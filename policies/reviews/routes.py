"""Pages of important data: what waits for a judgement, one candidate, the register and its report form."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from policies.grading.taxonomy import taxonomy
from policies.ledger.words import category_words
from policies.reviews.models import ImportantReview, ReviewStatus
from policies.reviews.register import FIELDS, cells, workbook
from policies.reviews.service import answer, find_review, judge, propose_table, register, report, reviews
from policies.reviews.words import reason_words
from soc.clock import now
from soc.ledger.levels import Level
from soc.ledger.models import LedgerTable
from soc.text import t
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, visible
from soc.trail import Act, Subject, record
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("reviews", __name__, url_prefix="/ledger/reviews", template_folder="templates")
_WORDS = {"longest": 1000}


@dataclass(frozen=True, slots=True)
class Judgement:
    """I, C, or empty for neither; and why."""

    why: str = field(metadata=_WORDS)
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A table put forward by hand."""

    why: str = field(metadata=_WORDS)
    level: Level = Level.IMPORTANT


@dataclass(frozen=True, slots=True)
class Declaration:
    """The letter to the regulator."""

    number: str = field(metadata={"longest": 100})
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the regulator said."""

    text: str = field(metadata=_WORDS)
    recognised: bool = False


TABLE = TableSpec(
    "reviews",
    (
        Column("table", "ledger.column.table", LedgerTable.name),
        Column("org", "word.organisation", ImportantReview.org),
        Column("level", "word.level", ImportantReview.level),
        Column("why", "reviews.reasons"),
        Column("rows", "ledger.column.rows", LedgerTable.rows, numeric=True),
        Column("opened", "reviews.opened", ImportantReview.opened_at),
        Column("status", "word.status", ImportantReview.status),
    ),
    default_sort="-opened",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"reviews.status.{one.value}")) for one in ReviewStatus],
            lambda value: ImportantReview.status == ReviewStatus(value),
        ),
    ),
    search=lambda text: LedgerTable.name.icontains(text, autoescape=True),
)


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the candidates, the newest first."""
    query = reviews(viewer()).join(LedgerTable, LedgerTable.id == ImportantReview.table_id)
    page = page_of(query, TABLE, request.args)
    return render_template("reviews/index.html", page=page, words=reason_words, may=current_actor().may)


@bp.get("/<uuid:review_id>")
@requires("ledger.read", item=ImportantReview)
def show(review_id: UUID) -> ResponseReturnValue:
    """Show one candidate: why it is one, what is known of the table, and what people said."""
    review = find_review(current_session(), current_actor(), review_id)
    category = next((one for one in taxonomy() if one.code == review.table.category), None)
    return render_template(
        "reviews/show.html",
        review=review,
        category=category,
        category_words=category_words,
        words=reason_words,
        may=current_actor().may,
    )


@bp.post("/<uuid:review_id>/judge")
@requires("policies.write", item=ImportantReview)
def decide(review_id: UUID) -> ResponseReturnValue:
    """Say what the table is."""
    form = read_form(Judgement)
    judge(current_session(), current_actor(), _find(review_id), level=form.level, why=form.why)
    return _back(review_id)


@bp.post("/<uuid:review_id>/report")
@requires("policies.write", item=ImportantReview)
def declare(review_id: UUID) -> ResponseReturnValue:
    """Note the declaration."""
    form = read_form(Declaration)
    at = datetime.combine(form.day, time(12), current_settings().timezone).astimezone(UTC) if form.day else now()
    report(current_session(), current_actor(), _find(review_id), number=form.number, at=at)
    return _back(review_id)


@bp.post("/<uuid:review_id>/answer")
@requires("policies.write", item=ImportantReview)
def hear(review_id: UUID) -> ResponseReturnValue:
    """Note the regulator's answer."""
    form = read_form(Answer)
    answer(current_session(), current_actor(), _find(review_id), recognised=form.recognised, text=form.text)
    return _back(review_id)


@bp.get("/<uuid:review_id>/form")
@requires("ledger.read", item=ImportantReview)
def print_form(review_id: UUID) -> ResponseReturnValue:
    """Show the report form of one table, to be printed."""
    review = find_review(current_session(), current_actor(), review_id)
    line = cells(review, _names(), current_settings().timezone)
    return render_template("reviews/form.html", review=review, line=line, fields=FIELDS, at=now())


@bp.post("/tables/<uuid:table_id>")
@requires("policies.write", item=LedgerTable)
def put_forward(table_id: UUID) -> ResponseReturnValue:
    """Open a candidate by hand."""
    session, actor, form = current_session(), current_actor(), read_form(Proposal)
    table = find_within(session, actor, LedgerTable, table_id)
    return _back(propose_table(session, actor, table, form.level, form.why).id)


@bp.get("/register")
@requires("ledger.read")
def show_register() -> ResponseReturnValue:
    """Show the register."""
    found = register(current_session(), viewer())
    return render_template("reviews/register.html", found=found, words=reason_words, may=current_actor().may)


@bp.post("/register.xlsx")
@requires("ledger.read")
def export() -> ResponseReturnValue:
    """Give the register as a workbook; that it was taken out stands in the trail."""
    session, actor = current_session(), viewer()
    found = register(session, actor)
    record(
        session, actor, Act.REGISTER_EXPORTED, Subject("important_reviews", "", actor.org), after={"count": len(found)}
    )
    organisations = session.scalars(select(Organisation).where(visible(actor, Organisation.code))).all()
    body = workbook(found, organisations, current_settings().timezone)
    name = f"important-data-{actor.org}-{now():%Y%m%d}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(body, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _names() -> dict[str, str]:
    session = current_session()
    rows = session.execute(
        select(Organisation.code, Organisation.name).where(visible(current_actor(), Organisation.code))
    )
    return {row.code: row.name for row in rows}


def _find(review_id: UUID) -> ImportantReview:
    return find_review(current_session(), current_actor(), review_id)


def _back(review_id: UUID) -> ResponseReturnValue:
    toast("reviews.kept")
    return redirect(url_for(".show", review_id=review_id))
