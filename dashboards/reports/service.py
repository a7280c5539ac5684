"""Making a report leaves an entry in the trail, before anybody holds it."""

from sqlalchemy.orm import Session

from dashboards.reports.contents import PostureReport
from soc.identity.actor import Actor
from soc.trail import Act, Subject, record


def record_report(session: Session, actor: Actor, report: PostureReport, form: str) -> None:
    """Note who made which report; ``form`` is html or pdf. Its id is printed on every page of it."""
    span = report.found.span
    said = {"report": "posture", "since": span.since, "until": span.until, "form": form}
    record(session, actor, Act.REPORT_MADE, Subject("report", str(report.id), report.found.centre.org.code), after=said)
