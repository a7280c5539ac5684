"""A new incident starts the playbook of its category; the shipped ones are taken in where they are missing."""

from uuid import UUID

from sqlalchemy.orm import Session

from incidents.cases.models import Incident
from incidents.cases.timeline import tell
from incidents.events import IncidentOpened
from playbooks.actions.sources import only_database
from playbooks.cacao.problem import Status
from playbooks.errors import PlaybookNotFoundError
from playbooks.library import shipped
from playbooks.models import Playbook
from playbooks.runs import StartRun, start_run
from playbooks.service import find_playbook, import_playbook
from playbooks.words import playbook_names
from playbooks.workflow import Workflow
from soc.clock import now
from soc.identity.actor import Actor
from soc.text import Message

#: 数据泄露处置
DATA_LEAK = "playbook--8e1a4f52-64d7-4c39-9b0e-2f7c5d1a9e30"
_BY_CATEGORY = {"data_leak": DATA_LEAK, "data_theft": DATA_LEAK, "privacy": DATA_LEAK}


def install(session: Session, actor: Actor) -> int:
    """Take in every shipped playbook that is not there in its present text; return how many are shipped."""
    for path in shipped():
        import_playbook(session, actor, path.read_bytes(), at=now())
    return len(shipped())


def set_up(session: Session, actor: Actor) -> None:
    """Take the shipped playbooks in, once for each edition: a step of the set-up."""
    install(session, actor)


def on_incident(session: Session, actor: Actor, event: IncidentOpened) -> None:
    """Start the playbook of the incident's category, with what the incident knows as its variables."""
    wanted = _BY_CATEGORY.get(event.category)
    if wanted is None:
        return
    playbook = _playbook(session, actor, wanted)
    if playbook.status is not Status.ACCEPTED:
        return
    document = Workflow.read(playbook.text).document
    declared = document.get("playbook_variables") or {}
    known = {f"__{name}__": value for name, value in event.facts.items()}
    if "__source__" not in known and (source := only_database(session, event.org)) is not None:
        known["__source__"] = source.name
    given = {name: value for name, value in known.items() if name in declared and value}
    order = StartRun(str(playbook.id), given, UUID(event.incident_id), event.org)
    run = start_run(session, actor, order, at=now())
    incident = session.get_one(Incident, run.incident_id)
    category = Message(f"incidents.category.{event.category}")
    names = {"name": playbook_names(document), "category": category}
    tell(session, incident, actor.name, Message("playbooks.timeline.started_for", names), at=now())
    if "__source__" in declared and "__source__" not in given:
        tell(session, incident, actor.name, Message("playbooks.timeline.lock_by_hand"), at=now())


def _playbook(session: Session, actor: Actor, wanted: str) -> Playbook:
    try:
        return find_playbook(session, actor, wanted)
    except PlaybookNotFoundError:
        install(session, actor)
        return find_playbook(session, actor, wanted)
