"""The page of one own rule: what it means, since when it stands, what it costs, how it has done."""

from flask import render_template, url_for

from detectors.sigma.explained import explained
from detectors.sigma.models import RuleCounter
from detectors.sigma.own.book import own_within
from detectors.sigma.own.finding import find_own
from detectors.sigma.own.naming import idle_of
from detectors.sigma.own.windows import Windows, windows_within
from detectors.sigma.rules import RuleStatus
from detectors.sigma.words import SEVERITIES, source_of
from soc.logstore.lucene import term
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
    return render_template(
        "rules/show.html", rule=found.rule, own=found, told=explained(found.rule.document),
        source=source_of(found.rule), severities=SEVERITIES, ok=RuleStatus.OK, text=found.text,
        query=_query(windows, tag), quiet=tag in windows.quiet, counter=session.get(RuleCounter, tag), may=current_actor().may,
        # hits are counted over all that the rule holds for: below, the neighbours' would be among them
        whole=in_scope(session, reader, found.org),
        idle=idle_of(session, own_within(session, found.org)).get(tag, ""),
        record_url=url_for("alerts.of_own_rule", tag=tag),
        edit_url=url_for("own_rules.edit", name=found.id) if found.org == reader.org else "",
    )  # fmt: skip


def _query(windows: Windows, tag: str) -> str:
    """The search for a rule's events; those of a correlation are tagged with the rules that it stands on."""
    active = windows.correlations.get(tag)
    ids = active.rule_ids if active is not None else (tag,)
    return " OR ".join(term("guanlan.rules", one) for one in ids)
