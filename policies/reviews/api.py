"""``GET|PATCH /api/v1/ledger/reviews``: candidates for important data, for scripts."""

from typing import Any
from uuid import UUID

from apiflask.fields import String
from apiflask.validators import Length, OneOf

from policies.reviews.models import ImportantReview, ReviewStatus
from policies.reviews.service import find_review, judge, reviews
from soc.ledger.changes import plain
from soc.ledger.levels import Level
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("reviews", __name__, "ledger")


class ReviewArgs(ListArgs):
    """Which candidates."""

    status = String(validate=OneOf([one.value for one in ReviewStatus]))


class ReviewChange(ApiSchema):
    """A judgement: I or C, or null for neither; and why."""

    level = String(allow_none=True, required=True, validate=OneOf([Level.IMPORTANT.value, Level.CORE.value]))
    why = String(required=True, validate=Length(1, 1000))


@bp.get("/ledger/reviews")
@bp.input(ReviewArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the candidates, the newest first."""
    query = reviews(current_actor())
    if "status" in query_data:
        query = query.where(ImportantReview.status == ReviewStatus(query_data["status"]))
    return list_of(query.order_by(ImportantReview.opened_at.desc(), ImportantReview.id), shape, query_data)


@bp.get("/ledger/reviews/<uuid:review_id>")
@requires("ledger.read", item=ImportantReview)
def one(review_id: UUID) -> dict[str, Any]:
    """Return one candidate."""
    return shape(find_review(current_session(), current_actor(), review_id))


@bp.patch("/ledger/reviews/<uuid:review_id>")
@bp.input(ReviewChange)
@requires("policies.write", item=ImportantReview)
def change(review_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Judge one candidate."""
    session, actor = current_session(), current_actor()
    found = find_review(session, actor, review_id)
    level = Level(json_data["level"]) if json_data["level"] else None
    judge(session, actor, found, level=level, why=json_data["why"])
    return shape(found)


def shape(found: ImportantReview) -> dict[str, Any]:
    """Return a candidate's JSON."""
    told = (
        "opened_at",
        "judged_at",
        "judged_by",
        "why",
        "reported_at",
        "report_no",
        "answered_at",
        "answer",
        "review_by",
    )
    return item(
        found,
        table_id=str(found.table_id),
        table=found.table.name,
        level=found.level.value,
        status=found.status.value,
        reasons=found.reasons,
        **{name: plain(getattr(found, name)) for name in told},
    )
