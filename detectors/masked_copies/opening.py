"""Opening an encrypted copy: what one person asks for, another approves, and the worker does."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.masked_copies.ciphers import decryption
from detectors.masked_copies.copying import bare_facts, copy_planned
from policies.protection.copies.database import CopiedTable
from policies.protection.copies.plan import Place, Plan, TableFact
from soc.approvals.models import Approval
from soc.approvals.service import propose
from soc.crypto import ring_of
from soc.identity.actor import Actor
from soc.jobs import JobContext, enqueue
from soc.ledger.sources import shown_address
from soc.trail import Act, Subject, record

APPROVAL = "protection.decrypt"


def ask(session: Session, actor: Actor, source: str, dest: str, purpose: str, *, reason: str) -> Approval:
    """Propose to open an encrypted copy; nothing is read yet."""
    payload = {"source": source, "dest": dest, "purpose": purpose}
    subject = Subject("encrypted_copies", Path(source).name, actor.org)
    return propose(
        session, actor, APPROVAL, subject, payload, title=f"{Path(source).name} → {Path(dest).name}", reason=reason
    )


def order_approved(session: Session, actor: Actor, approval: Approval) -> None:
    """Order what was approved."""
    enqueue(session, actor, APPROVAL, dict(approval.payload), org=approval.org)


def run(context: JobContext) -> None:
    """Open the copy that two persons agreed on."""
    said = context.params
    tables = open_copy(context.settings, said["source"], said["dest"], said["purpose"])
    with context.database.write() as session:
        tell(session, context.actor(session), said["source"], tables)


def open_copy(settings: Settings, source: str, dest: str, purpose: str) -> tuple[CopiedTable, ...]:
    """Write a copy of ``source`` with every encrypted value opened.

    Raises:
        SocError: unreadable, there already, or a value that does not open: then nothing is written.
    """

    def planned(tables: Sequence[TableFact], links: Sequence[tuple[Place, Place]]) -> Plan:
        return decryption(tables, purpose)

    return copy_planned(source, dest, bare_facts(source), planned, ring_of(settings))


def tell(session: Session, actor: Actor, source: str, tables: Sequence[CopiedTable]) -> None:
    """Record what was opened."""
    rows = sum(table.rows for table in tables)
    said = {"source": shown_address(source), "tables": len(tables), "rows": rows}
    record(session, actor, Act.DATA_DECRYPTED, Subject("encrypted_copies", Path(source).name), after=said)
