"""The commands ``soc incident list|show|export``."""

from pathlib import Path
from typing import Any
from uuid import UUID

import click
import orjson
from sqlalchemy.orm import Session

from incidents.cases.export import document_of, export_incident, line_of
from incidents.cases.models import Incident
from soc.desk import at_desk, print_json
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.tiers.scope import within

_json = click.option("--json", "as_json", is_flag=True, help="JSON, as without it.")


@click.command("list")
@_json
def list_(as_json: bool) -> int:
    """List the incidents, newest first; each is a line."""
    with at_desk() as desk, desk.read() as (session, actor):
        for one in session.scalars(within(actor, Incident).order_by(Incident.opened_at.desc(), Incident.id.desc())):
            print_json(line_of(one))
    return 0


@click.command("show")
@click.argument("incident")
@_json
def show(incident: str, as_json: bool) -> int:
    """Print everything of one incident, by its number or id."""
    with at_desk() as desk, desk.read() as (session, actor):
        print_json(document_of(session, actor, _find(session, actor, incident)))
    return 0


@click.command("export")
@click.argument("incident")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A file; stdout by default.")
def export(incident: str, target: Path | None) -> int:
    """Export one incident as a document; the trail keeps that it was taken."""
    if target is not None and target.exists():
        raise InputError("incidents.error.export_exists", path=str(target))
    with at_desk() as desk, desk.write() as (session, actor):
        document = export_incident(session, actor, _find(session, actor, incident))
        if target is not None:  # before the commit: what could not be written was not taken
            _write(target, document)
    if target is None:
        print_json(document)
    return 0


def _write(target: Path, document: dict[str, Any]) -> None:
    """Write the file whole or not at all, for its owner's eyes alone."""
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("xb") as file:
            aside.chmod(0o600)
            file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str))
        aside.rename(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError("incidents.error.export_failed", path=str(target), reason=reason) from error
    finally:
        aside.unlink(missing_ok=True)


def _find(session: Session, actor: Actor, name: str) -> Incident:
    query = within(actor, Incident)
    try:
        query = query.where(Incident.id == UUID(name))
    except ValueError:
        query = query.where(Incident.number == name)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    return found
