"""``GET /api/v1/logs``: a page of events, their number, and the way on; ``POST …/logs/subject``: who looked somebody up."""

from typing import Any

from apiflask import Schema
from apiflask.fields import DateTime, Dict, Integer, List, Nested, String
from apiflask.validators import Length, Range

from audit.search import period, reading
from audit.search.subjects import LONGEST_PURPOSE, who_looked_up
from soc.logstore.lucene import LONGEST, parse
from soc.logstore.port import PAGE_LIMIT
from soc.web.api import ApiSchema, api_blueprint
from soc.web.context import current_actor, current_session, current_store
from soc.web.guard import requires

bp = api_blueprint("logs", __name__, tag="logs")


class SearchArgs(ApiSchema):
    """What to look for."""

    q = String(load_default="*", validate=Length(max=LONGEST), metadata={"description": "Lucene syntax"})
    since = String(load_default=None, validate=Length(max=40), metadata={"description": "RFC 3339, or now-15m"})
    until = String(load_default=None, validate=Length(max=40), metadata={"description": "before this time"})
    limit = Integer(load_default=100, validate=Range(min=0, max=PAGE_LIMIT))
    cursor = String(load_default=None, validate=Length(max=2_000), metadata={"description": "of the page before"})


class SearchAnswer(Schema):
    """Events as OCSF documents, newest first; ``total`` counts only what the caller may see."""

    events = List(Dict())
    total = Integer()
    cursor = String(allow_none=True)


@bp.get("/logs")
@requires("logs.read")
@bp.input(SearchArgs, location="query")
@bp.output(SearchAnswer)
@bp.doc(summary="Search the logs", responses=[401, 403, 422, 503])
def search(query_data: dict[str, Any]) -> dict[str, Any]:
    """Return one page of events."""
    stretch = period.written(query_data["since"], query_data["until"])
    request = reading.request_of(current_session(), current_actor(), parse(query_data["q"]), stretch)
    asked = reading.paged(request, query_data["limit"], query_data["cursor"])
    page = current_store().search(asked)
    return {"events": [reading.document(event) for event in page.events], "total": page.total, "cursor": page.cursor}


class SubjectArgs(ApiSchema):
    """Whom, and why: in the body, since addresses are logged."""

    value = String(
        required=True, validate=Length(max=128), metadata={"description": "the number in clear; kept nowhere"}
    )
    purpose = String(required=True, validate=Length(max=LONGEST_PURPOSE), metadata={"description": "kept in the trail"})
    since = String(load_default=None, validate=Length(max=40), metadata={"description": "RFC 3339, or now-15m"})
    until = String(load_default=None, validate=Length(max=40), metadata={"description": "before this time"})


class AskerAnswer(Schema):
    """Who looked the subject up, through one log and application."""

    person = String(allow_none=True)
    account = String(allow_none=True)
    asked_by = String(allow_none=True)
    org = String()
    application = String(allow_none=True)
    log_name = String()
    times = Integer()
    for_business = Integer()
    first = DateTime()
    last = DateTime()
    query = String()


class SubjectAnswer(Schema):
    """The subject's token, and those who looked it up; ``total`` counts them all."""

    type = String()
    token = String()
    query = String()
    times = Integer()
    total = Integer()
    askers = List(Nested(AskerAnswer))


@bp.post("/logs/subject")
@requires("logs.read")
@bp.input(SubjectArgs, location="json")
@bp.output(SubjectAnswer)
@bp.doc(summary="Who looked a subject up", responses=[401, 403, 422, 503])
def subject(json_data: dict[str, Any]) -> dict[str, Any]:
    """Return everybody who looked the subject up; leaves an entry with its token."""
    stretch = period.written(json_data["since"], json_data["until"])
    found = who_looked_up(
        current_session(), current_store(), current_actor(), json_data["value"],
        purpose=json_data["purpose"], period=stretch,
    )  # fmt: skip
    return found.as_json()
