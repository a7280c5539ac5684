"""Handing the evidence over: every piece is checked against its digests and its chain, then released.

Without a release nothing of the sealed evidence leaves; two persons always decide it, whatever
the playbook says (see :func:`playbooks.workflow.needs_second_person`).
"""

from sqlalchemy.orm import Session

from incidents.cases.evidence import EvidenceBrokenError, chain_of, content_of, evidence_of, hand_over, unbroken
from incidents.cases.models import Evidence, Incident
from playbooks.actions.result import Result, failed
from playbooks.actions.verbs import Order
from soc.clock import now
from soc.db import Database
from soc.identity.actors import job_actor
from soc.text import LANGUAGES, t


def release(database: Database, order: Order) -> Result:
    """Release the evidence of the run's incident to the receiver, once for each invocation."""
    receiver = order.need("receiver")
    if order.incident_id is None:
        return failed("playbooks.release.no_incident")
    with database.write() as session:
        found = evidence_of(session, session.get_one(Incident, order.incident_id))
        if not found:
            return failed("playbooks.release.no_evidence")
        for one in found:
            _release(session, one, receiver, order)
        names = ", ".join(one.name for one in found)
    outcome = {"receiver": receiver, "pieces": len(found), "names": names}
    return Result(ok=True, outcome=outcome, results={"__released__": "true"})


def _release(session: Session, one: Evidence, receiver: str, order: Order) -> None:
    chain = chain_of(session, one)
    if not unbroken(one, chain):
        raise EvidenceBrokenError("incidents.error.evidence", name=one.name)
    content_of(session.info["settings"], one)  # opens it and checks both digests
    # the chain is sealed by its words: both languages stand there at once
    note = " / ".join(t("playbooks.release.note", lang, run=str(order.step_run_id)) for lang in LANGUAGES)
    if not any(link.note == note for link in chain):  # the worker died after it and before saying so
        hand_over(session, job_actor(session, "playbooks"), one.id, receiver, note, at=now())
