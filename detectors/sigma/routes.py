"""Pages of rules: which there are, and what each means; a rule is everybody's, what it found is shown elsewhere."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from detectors.sigma.book import book_of
from detectors.sigma.explained import explained
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.own.book import own_within
from detectors.sigma.own.page import own_page, query_of, stood_on
from detectors.sigma.own.windows import windows_within
from detectors.sigma.rules import RuleStatus
from detectors.sigma.words import SEVERITIES, source_of
from soc.errors import NotFoundError
from soc.text import t
from soc.web.context import current_actor, current_session, kernel, viewer
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.yaml_text import write_yaml

bp = Blueprint("rules", __name__, url_prefix="/rules", template_folder="templates")
TABLE = TableSpec(
    "rules",
    (
        Column("title", "rules.column.title", DetectionRule.title),
        Column("level", "rules.column.level", DetectionRule.level),
        Column("source", "rules.column.source"),
        Column("techniques", "rules.column.techniques"),
        Column("status", "word.status", DetectionRule.enabled),
    ),
    default_sort="title",
    filters=(
        Filter(
            "level",
            "rules.column.level",
            lambda: [Choice(name, t(f"severity.{word}")) for name, word in SEVERITIES.items()],
            lambda value: DetectionRule.level == value,
        ),
        Filter(
            "origin",
            "rules.origin",
            lambda: [Choice("shipped", t("rules.shipped")), Choice("imported", t("rules.foreign"))],
            lambda value: DetectionRule.shipped.is_(value == "shipped"),
        ),
    ),
    search=lambda text: (
        DetectionRule.title.icontains(text, autoescape=True) | DetectionRule.title_zh.icontains(text, autoescape=True)
    ),
)


@bp.get("/")
@requires("logs.read")
def index() -> ResponseReturnValue:
    """List the rules, by title."""
    page = page_of(select(DetectionRule), TABLE, request.args)
    own = own_within(current_session(), viewer().org)
    return render_template(
        "rules/index.html", page=page, explained=explained, source_of=source_of, severities=SEVERITIES, ok=RuleStatus.OK,
        own=own, may=current_actor().may,
    )  # fmt: skip


@bp.get("/<uuid:rule_id>")
@requires("logs.read")
def show(rule_id: UUID) -> ResponseReturnValue:
    """Show one rule: what it means, what to look at, what is often harmless, and how it is written."""
    rule = current_session().get(DetectionRule, rule_id)
    if rule is None:
        raise NotFoundError
    return _shared_page(rule)


def _shared_page(rule: DetectionRule) -> str:
    active = book_of(kernel().database).correlations.get(rule.rule_id)
    windows = windows_within(current_session(), kernel().database, viewer().org)
    off = active is not None and rule.rule_id not in windows.correlations
    return render_template(
        "rules/show.html", rule=rule, told=explained(rule.document), source=source_of(rule), severities=SEVERITIES,
        ok=RuleStatus.OK, text=write_yaml(rule.document), query=query_of(active, rule.rule_id), idle=t("own_rules.off_below") if off else "",
        quiet=rule.rule_id in windows.quiet, stands_on=stood_on(active),
        may=current_actor().may, counter=current_session().get(RuleCounter, rule.rule_id), own=None, whole=False, edit_url="",
        record_url=url_for("alerts.of_rule", rule_id=rule.id),
    )  # fmt: skip


@bp.get("/of/<string:tag>")
@requires("logs.read")
def own(tag: str) -> ResponseReturnValue:
    """Show one rule by what events name it: one that all share, or one of an organisation's own."""
    shared = current_session().scalar(select(DetectionRule).where(DetectionRule.rule_id == tag))
    return own_page(tag) if shared is None else _shared_page(shared)
