"""Commands on a document with versions, of whatever kind: show, check, diff, propose, approve, rollback.

A kind's own ``commands.py`` makes them by the name of its :class:`~soc.versions.documents.Document`, which is resolved
when a command runs.
"""

import difflib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from soc.clock import now
from soc.desk import at_desk, print_json
from soc.errors import ConflictError, InputError
from soc.room import resolve
from soc.text import t

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_org = click.option("--org", default=None, help="Code of the organisation whose document it is; the top one.")
_json = click.option("--json", "as_json", is_flag=True)
_version = click.argument("version", type=click.IntRange(1, 999_999_999))
_base = click.option(
    "--base", type=click.IntRange(0, 999_999_999), default=None,
    help="Version that the file was made from; by default the one in its first line, else the one in force.",
)  # fmt: skip


def show(named: str, name: str = "show") -> click.Command:
    """Make the command that writes a document out."""

    @click.command(name)
    @click.argument("version", type=click.IntRange(1, 999_999_999), required=False)
    @_org
    @_json
    def command(version: int | None, org: str | None, as_json: bool) -> None:
        """Print the document in force, or one version of it, as YAML: a file that can be changed and proposed."""
        from soc.tiers.scope import narrowed
        from soc.versions.service import find_version

        document = resolve(named)
        with at_desk() as desk, desk.read() as (session, actor):
            place = narrowed(session, actor, org or actor.org).org
            found = find_version(session, actor, document.kind, place, version).body if version else None
            text = document.text(session, place, found, version)
            body = document.ordered(found if found is not None else document.held(session, place))
        if as_json:
            print_json(body)
        else:
            click.echo(text, nl=False)

    return command


def check(named: str) -> click.Command:
    """Make the command that says what is wrong with a file."""

    @click.command()
    @_file
    @click.option("--org", default=None, help="Check it as a document of this organisation, under those above it.")
    @_json
    def command(file: Path, org: str | None, as_json: bool) -> int:
        """Say everything that is wrong with a file, each with its line."""
        from soc.tiers.scope import narrowed
        from soc.versions.service import check as problems_of
        from soc.versions.service import faults

        document = resolve(named)
        written, _ = document.read_file(file)
        if org is None:
            problems = problems_of(document.kind, written.body)
        else:
            with at_desk() as desk, desk.read() as (session, actor):
                problems = faults(session, document.kind, narrowed(session, actor, org).org, written.body)
        return _print_problems(problems, written.row, as_json=as_json)

    return command


def _print_problems(problems: list[Any], row: Callable[[str], int | None], *, as_json: bool) -> int:
    from soc.versions.values import told

    said = told(problems, row)
    if as_json:
        print_json({"ok": not said, "problems": said})
    else:
        for one in said:
            click.echo(f"{one['row'] or '-'}: {one['path']}: {one['message']}")
        if not said:
            click.echo(t("versions.good"))
    return 1 if said else 0


def diff(named: str) -> click.Command:
    """Make the command that lays a file beside the document in force."""

    @click.command()
    @_file
    @_org
    @_json
    def command(file: Path, org: str | None, as_json: bool) -> int:
        """Show how a file differs from the document in force, and what it would change in the ledger."""
        from soc.tiers.scope import narrowed
        from soc.versions.service import effect_of, faults

        document = resolve(named)
        written, _ = document.read_file(file)
        with at_desk() as desk, desk.read() as (session, actor):
            place = narrowed(session, actor, org or actor.org).org
            problems = faults(session, document.kind, place, written.body)
            if problems:
                return _print_problems(problems, written.row, as_json=as_json)
            current = document.held(session, place)
            effect = effect_of(session, actor, document.kind, place, written.body)
        lines = _differing(document, current, written.body)
        _print_effect(lines, effect, as_json=as_json)
        return 0

    return command


def _differing(document: Any, before: Any, after: Any) -> list[str]:
    from soc.yaml_text import write_yaml

    old, new = (write_yaml(document.ordered(one)).splitlines() for one in (before, after))
    return list(difflib.unified_diff(old, new, lineterm="", n=0))


def _print_effect(lines: list[str], effect: Any, *, as_json: bool) -> None:
    moves = [asdict(one) for one in effect.moves]
    if as_json:
        print_json({"diff": lines, "items": effect.items, "changed": effect.changed, "moves": moves})
        return
    moved = [f"{one['org']}: {one['before']} → {one['after']}  {one['items']}" for one in moves]
    click.echo("\n".join([*lines, *moved]))


def propose(named: str, command_line: str) -> click.Command:
    """Make the command that proposes a file."""

    @click.command()
    @_file
    @_org
    @_base
    @click.option("--reason", default=command_line, help="Why; the second person reads it.")
    @click.option("--starts-at", default=None, help="When it should come into force (ISO 8601 with its zone).")
    def command(file: Path, org: str | None, base: int | None, reason: str, starts_at: str | None) -> int:
        """Propose a file; a second person has to approve it."""
        from soc.versions.service import FaultyBodyError, Order

        document = resolve(named)
        written, said = document.read_file(file)
        order = Order(written.body, reason, said if base is None else base, _instant(starts_at))
        try:
            with at_desk() as desk, desk.write() as (session, actor):
                document.refuse_faulty(session, org or actor.org, written)
                number = document.submit(session, actor, org or actor.org, order).payload["number"]
        except FaultyBodyError as error:
            return _print_problems(error.problems, written.row, as_json=False)
        click.echo(t("versions.proposed", number=number), err=True)
        print_json({"version": number, "status": "proposed"})
        return 0

    return command


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("errors.version_instant", text=text[:40]) from error
    if found.tzinfo is None:
        raise InputError("errors.version_instant", text=text[:40])
    return found


def approve(named: str) -> click.Command:
    """Make the command that agrees to a proposed version."""

    @click.command()
    @_version
    @_org
    @click.option("--note", default="")
    def command(version: int, org: str | None, note: str) -> None:
        """Put a proposed version in force, as somebody else than its proposer."""
        from soc.approvals.models import ApprovalStatus
        from soc.approvals.service import approve as agree
        from soc.versions.service import waiting

        kind = resolve(named).kind
        with at_desk() as desk, desk.write() as (session, actor):
            asked = waiting(session, actor, kind, org or actor.org, version)
            voided = agree(session, actor, asked.id, at=now(), note=note).status is ApprovalStatus.VOID
        if voided:
            raise ConflictError("errors.approval_voided")
        click.echo(t("versions.approved", number=version), err=True)
        print_json({"version": version, "status": "active"})

    return command


def rollback(named: str, command_line: str) -> click.Command:
    """Make the command that proposes an earlier version again."""

    @click.command()
    @_version
    @_org
    @click.option("--reason", default=command_line)
    def command(version: int, org: str | None, reason: str) -> None:
        """Propose an earlier version again, as a new one; a second person has to approve it."""
        from soc.versions.service import roll_back

        kind = resolve(named).kind
        with at_desk() as desk, desk.write() as (session, actor):
            number = roll_back(session, actor, kind, org or actor.org, version, reason=reason).payload["number"]
        click.echo(t("versions.proposed", number=number), err=True)
        print_json({"version": number, "status": "proposed"})

    return command
