"""The commands ``soc playbook import|validate|export|sign|verify|run|runs``."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from playbooks.cacao.document import read
from playbooks.cacao.problem import Refused, Status
from playbooks.cacao.signature import check_signatures
from playbooks.cacao.validate import Verdict, judge
from playbooks.models import Playbook
from playbooks.service import find_playbook, import_playbook, problems_of, sign_playbook
from soc.clock import now
from soc.desk import at_desk, print_json
from soc.errors import InputError

_file = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))


@click.command("import")
@_file
def import_(file: Path) -> int:
    """Take a CACAO playbook in: accepted, a draft, or refused with the reasons."""
    raw = _read(file)
    with at_desk() as desk, desk.write() as (session, actor):
        verdict = import_playbook(session, actor, raw, at=now())
    return _told(verdict)


@click.command("validate")
@_file
def validate(file: Path) -> int:
    """Judge a CACAO playbook; nothing is stored."""
    return _told(judge(_read(file)))


@click.command("export")
@click.argument("playbook")
def export(playbook: str) -> int:
    """Print a playbook as it was imported or signed."""
    with at_desk() as desk, desk.read() as (session, actor):
        return _print(find_playbook(session, actor, playbook))


@click.command("sign")
@click.argument("playbook")
def sign(playbook: str) -> int:
    """Sign a playbook with the installation's key and print it."""
    with at_desk() as desk, desk.write() as (session, actor):
        found = find_playbook(session, actor, playbook)
        if found.status is Status.ACCEPTED:
            found = sign_playbook(session, actor, found, desk.settings, at=now())
        return _print(found)


@click.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--at", "moment", help="RFC 3339; now by default.")
def verify(files: tuple[Path, ...], moment: str | None) -> int:
    """Check the signatures of playbooks; each file is a line."""
    at = _instant(moment) if moment else now()
    return max([_verify(file, at) for file in files])


@click.command("run")
@click.argument("playbook")
@click.option("--var", "given", multiple=True, metavar="NAME=VALUE", help="A variable of the playbook; repeatable.")
def run(playbook: str, given: tuple[str, ...]) -> int:
    """Start a run; the worker carries it out."""
    from playbooks.runs import StartRun, start_run

    variables = dict(_pair(one) for one in given)
    with at_desk() as desk, desk.write() as (session, actor):
        found = find_playbook(session, actor, playbook)
        if found.status is not Status.ACCEPTED:
            return _print(found)
        started = start_run(session, actor, StartRun(str(found.id), variables), at=now())
        told = {"run": str(started.id), "status": started.status.value}
    print_json(told)
    return 0


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, as without it.")
def runs(as_json: bool) -> int:
    """List the runs, newest first."""
    from playbooks.runs import runs_of

    with at_desk() as desk, desk.read() as (session, actor):
        for one in runs_of(session, actor):
            print_json({"run": str(one.id), "playbook": one.playbook_id, "status": one.status.value})
    return 0


@click.command("list")
def list_() -> int:
    """List the playbooks: id, name, status."""
    from playbooks.service import current_playbooks

    with at_desk() as desk, desk.read() as (session, actor):
        for one in current_playbooks(session, actor):
            print_json({"id": one.playbook_id, "name": one.name, "status": one.status.value, "org": one.org})
    return 0


@click.command("cancel")
@click.argument("run_id", metavar="RUN")
def cancel(run_id: str) -> int:
    """End a run now; what went out already stays done."""
    from playbooks.runs import cancel_run

    with at_desk() as desk, desk.write() as (session, actor):
        ended = cancel_run(session, actor, run_id, at=now())
        told = {"run": str(ended.id), "status": ended.status.value}
    print_json(told)
    return 0


def _told(verdict: Verdict) -> int:
    print_json(verdict.as_json())
    return 0 if verdict.status is Status.ACCEPTED else 1


def _print(playbook: Playbook) -> int:
    if playbook.status is not Status.ACCEPTED:
        print_json({"problems": [one.as_json() for one in problems_of(playbook)]})
        return 1
    click.echo(playbook.text)
    return 0


def _verify(file: Path, at: datetime) -> int:
    try:
        document = read(_read(file))
    except Refused as refusal:
        print_json({"path": str(file), "ok": False, "signatures": [], "reason": refusal.problem.message()})
        return 1
    found = check_signatures(document, at)
    ok = bool(found) and all(one.ok for one in found)
    print_json({"path": str(file), "ok": ok, "signatures": [one.as_json() for one in found]})
    return 0 if ok else 1


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    return file.read_bytes()


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("playbooks.error.instant", text=text[:60]) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _pair(text: str) -> tuple[str, str]:
    name, sign_, value = text.partition("=")
    if not sign_:
        raise InputError("playbooks.error.pair", text=text[:60])
    bare = name.strip().strip("_")
    return f"__{bare}__", value
