"""The page of one own rule: what it means, since when it stands, what it costs, how it has done."""

from uuid import UUID

from flask import render_template, url_for
from sqlalchemy import select

from detectors.sigma.binding import Active, named_by
from detectors.sigma.explained import explained
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.own.book import own_within
from detectors.sigma.own.finding import find_own
from detectors.sigma.own.naming import idle_of
from detectors.sigma.own.windows import windows_within
from detectors.sigma.rules import RuleStatus
from detectors.sigma.service import titles
from detectors.sigma.words import SEVERITIES, source_of
from soc.logstore.lucene import term
from soc.text import language
from soc.tiers.scope import in_scope
from soc.web.context import current_actor, current_session, kernel, viewer


def own_page(tag: str) -> str:
    """Show it to whoever the rule holds for, and to those above; a stranger finds none.

    Raises:
        NotFoundError: nobody in reach has such a rule in force.
    """
    session, reader = current_session(), viewer()
    found = find_own(session, reader, tag)
    windows = windows_within(session, kernel().database, found.org)
    active = windows.correlations.get(tag)
    return render_template(
        "rules/show.html", rule=found.rule, own=found, told=explained(found.rule.document),
        source=source_of(found.rule), severities=SEVERITIES, ok=RuleStatus.OK, text=found.text,
        query=query_of(active, tag), stands_on=stood_on(active), quiet=tag in windows.quiet, counter=session.get(RuleCounter, tag), may=current_actor().may,
        # hits are counted over all that the rule holds for: below, the neighbours' would be among them
        whole=in_scope(session, reader, found.org),
        idle=idle_of(session, own_within(session, found.org)).get(tag, ""),
        record_url=url_for("alerts.of_own_rule", tag=tag),
        edit_url=url_for("own_rules.edit", name=found.id) if found.org == reader.org else "",
    )  # fmt: skip


def query_of(active: Active | None, rule_id: str) -> str:
    """The search for a rule's events; those of a correlation are tagged with the rules that it stands on."""
    ids = active.rule_ids if active is not None else (rule_id,)
    return " OR ".join(term("guanlan.rules", one) for one in ids)


def stood_on(active: Active | None) -> list[tuple[str, str]]:
    """What a correlation stands on, in its order: the title of each rule, and its page where the reader may see it."""
    ids = list(dict.fromkeys(rule.id or "" for rule in named_by(active))) if active is not None else []
    session, kept = current_session(), DetectionRule.rule_id.in_(ids)
    pages = {
        row.rule_id: row.id for row in session.execute(select(DetectionRule.rule_id, DetectionRule.id).where(kept))
    }
    called = titles(session, ids)
    return [(called[one][language()], _page(one, pages.get(one))) for one in ids if one in called]


def _page(rule_id: str, kept: UUID | None) -> str:
    if not current_actor().may("logs.read"):
        return "" if kept else url_for("own_rules.show", tag=rule_id)
    return url_for("rules.show", rule_id=kept) if kept else url_for("rules.own", tag=rule_id)
