"""What owners' words teach: lessons that are proposed elsewhere, and how right each recognizer is."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from policies.ledger.words import title_of
from soc.clock import now
from soc.ledger.lessons import lessons_within, open_counts, take_on
from soc.ledger.models import LedgerItem
from soc.ledger.opinions import LedgerLesson
from soc.ledger.verdicts import Precision, precision_by_month, summed
from soc.text import t
from soc.tiers.scope import within
from soc.web.charts import GREY, SERIES, Chart, chart, go
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_learning", __name__, url_prefix="/ledger", template_folder="templates")
_MONTHS = 12
_DRAWN = 4
LESSONS = TableSpec(
    "lessons",
    (
        Column("pattern", "ledger.lesson.pattern", LedgerLesson.pattern),
        Column("said", "ledger.lesson.said"),
        Column("at", "ledger.lesson.at", LedgerLesson.at),
        Column("org", "word.organisation", LedgerLesson.org),
        Column("open", "ledger.lesson.open", numeric=True),
        Column("accepted", "ledger.lesson.accepted", numeric=True),
        Column("declined", "ledger.lesson.declined", numeric=True),
        Column("do", ""),
    ),
    default_sort="-at",
    search=lambda text: LedgerLesson.pattern.icontains(text, autoescape=True),
)


@bp.get("/precision")
@requires("ledger.read")
def precision() -> ResponseReturnValue:
    """Show how right each recognizer is, by owners' words, over the last twelve months."""
    offset = current_settings().timezone.utcoffset(now().replace(tzinfo=None)) or timedelta(0)
    since = now() - timedelta(days=31 * _MONTHS)
    hours = int(offset / timedelta(hours=1))
    rows = precision_by_month(current_session(), viewer(), since, hours)
    by_type = sorted(summed(rows, by="type"), key=lambda one: -_judged(one))
    given = {"rows": rows, "types": by_type, "chart": _chart(rows, by_type) if rows else None}
    total = summed(rows, by="month")
    return render_template(
        "ledger/precision.html", total=_sum(total), title_of=title_of, may=current_actor().may, **given
    )


def _judged(one: Precision) -> int:
    return one.accepted + one.corrected + one.rejected


def _sum(rows: Sequence[Precision]) -> Precision:
    names = ("accepted", "corrected", "rejected", "missed")
    return Precision("", "", *(sum(getattr(row, name) for row in rows) for name in names))


def _chart(rows: Sequence[Precision], by_type: Sequence[Precision]) -> Chart:
    """Draw precision by month: all recognizers in grey, the most judged ones in colour."""
    figure = go.Figure()
    months = sorted({row.month for row in rows})
    everything = summed(rows, by="month")
    lines = [(t("ledger.precision.all"), everything, GREY)]
    for place, one in enumerate(by_type[:_DRAWN]):
        lines.append((title_of(one.type), [row for row in rows if row.type == one.type], SERIES[place]))
    for name, found, colour in lines:
        known = {row.month: row.precision for row in found}
        values = [known.get(month) for month in months]
        figure.add_trace(
            go.Scatter(x=months, y=values, name=name, mode="lines+markers", line={"color": colour}, connectgaps=True)
        )
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.2},
        yaxis={"range": [0, 1.04], "tickformat": ".0%"},
        xaxis={"type": "category"},
    )
    head = (t("ledger.precision.month"), t("ledger.column.type"), *("#" + t(f"ledger.verdict.{v}") for v in _VERDICTS))
    table = [(row.month, title_of(row.type), row.accepted, row.corrected, row.rejected, row.missed) for row in rows]
    return chart("precision", t("ledger.precision.question"), figure, head, table)


_VERDICTS = ("accepted", "corrected", "rejected", "missed")


@bp.get("/lessons")
@requires("ledger.read")
def lessons() -> ResponseReturnValue:
    """List what corrections taught, and what became of the proposals."""
    session, actor = current_session(), viewer()
    page = page_of(lessons_within(actor), LESSONS, request.args)
    found: list[LedgerLesson] = list(page.rows)
    wanted = [one.item_id for one in found if one.item_id]
    seen = within(current_actor(), LedgerItem).where(LedgerItem.id.in_(wanted)).options(joinedload(LedgerItem.table))
    items = {item.id: item for item in session.scalars(seen)} if wanted else {}
    given = {"counts": open_counts(session, [one.id for one in found]), "items": items, "title_of": title_of}
    return render_template("ledger/lessons.html", page=page, actor=actor, may=current_actor().may, **given)


@bp.post("/lessons/<uuid:lesson_id>/take_on")
@requires("ledger.write", item=LedgerLesson)
def take_lesson_on(lesson_id: UUID) -> ResponseReturnValue:
    """Make a lesson from below one's own: it is proposed to everybody below."""
    count = take_on(current_session(), current_actor(), lesson_id, at=now())
    toast("ledger.lesson.taken_on", count=count)
    return redirect(url_for(".lessons"))
