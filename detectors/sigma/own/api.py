"""``/api/v1/detection-rules``: an organisation's own detection rules for scripts, and what one would have hit."""

from typing import Any

import polars as pl
from apiflask.fields import Integer, String
from apiflask.validators import Length, OneOf

from detectors.sigma.own.check import LONGEST_TEXT
from detectors.sigma.own.service import DOCUMENT, TABLES
from detectors.sigma.own.trial import problems_here, trial_of
from detectors.sigma.own.trying import DAYS, counted
from soc.clock import now
from soc.errors import InputError
from soc.logstore.query import Scope
from soc.tiers.scope import narrowed, scope_codes
from soc.versions.api import OrgArgs, document_api
from soc.versions.values import told
from soc.web.api import ApiSchema
from soc.web.context import current_actor, current_session, current_settings, current_store
from soc.web.guard import requires

bp = document_api("detection_rules", __name__, "detection-rules", DOCUMENT)


class RuleText(ApiSchema):
    """One Sigma rule as YAML, and how many days its count looks back."""

    text = String(required=True, validate=Length(1, LONGEST_TEXT))
    days = Integer(load_default=DAYS[0], strict=True, validate=OneOf(DAYS))


@bp.post("/detection-rules/count")
@bp.input(OrgArgs, location="query")
@bp.input(RuleText)
@requires("policies.write")
def count(query_data: dict[str, Any], json_data: dict[str, Any]) -> dict[str, Any]:
    """Say what is wrong with a rule, or count by day what it would have hit; nothing is kept, and no event is named.

    A correlation may name what stands in the caller's draft too.
    """
    session, actor, text = current_session(), current_actor(), json_data["text"]
    reader = narrowed(session, actor, query_data["org"] or actor.org)
    body = TABLES.working_body(session, actor, reader.org)
    problems = problems_here(session, reader.org, body, text)
    if problems:
        return {"problems": told(problems), "count": None}
    trial, scope = trial_of(session, reader.org, body, text), Scope(scope_codes(session, reader))
    try:
        found = counted(current_store(), trial, scope, now(), json_data["days"], current_settings().timezone)
    except pl.exceptions.PolarsError as error:
        raise InputError("own_rules.try.broken") from error
    return {"problems": [], "count": found.figures()}
