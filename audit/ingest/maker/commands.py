"""``soc logs format``: show, suggest, test, add, remove one; export, check, diff, propose, roll back all of them."""

import sys
from pathlib import Path
from typing import Any

import click

from soc.desk import at_desk, print_json
from soc.errors import InputError
from soc.text import t
from soc.versions import commands

_DOCUMENT = "audit.ingest.maker.document:DOCUMENT"
_TOML = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_ORG = click.option("--org", default=None, help="Code of the organisation whose format it is; the top one.")


@click.command("show")
@click.argument("name")
@_ORG
def show(name: str, org: str | None) -> None:
    """Print the format NAME, a shipped one or an own one in force, as TOML: a file that can be changed and added."""
    from audit.ingest.formats import find_format
    from audit.ingest.formats.declaration import FOLDER
    from audit.ingest.formats.own import is_own
    from audit.ingest.maker.toml_text import written

    if is_own(name):
        click.echo(written(_table(name, org)), nl=False)
        return
    file = FOLDER / f"{find_format(name).name}.toml"
    if not file.is_file():
        raise InputError("maker.error.no_declaration", name=name)
    click.echo(file.read_text("utf-8"), nl=False)


def _table(name: str, org: str | None) -> dict[str, Any]:
    """The table of an own format in force, as its organisation wrote it."""
    from audit.ingest.maker.service import table_in_force
    from soc.tiers.scope import narrowed

    with at_desk() as desk, desk.read() as (session, actor):
        return table_in_force(session, narrowed(session, actor, org or actor.org).org, name)


@click.command("suggest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="new_format", show_default=True, help="What the format is to be called.")
def suggest(file: Path, name: str) -> None:
    """Propose a format for the first lines of FILE, as TOML; stores nothing."""
    from audit.ingest.formats.base import as_utf8
    from audit.ingest.maker.inferring import inferred
    from audit.ingest.maker.pasted import MOST_BYTES, MOST_LINES, pasted
    from audit.ingest.maker.toml_text import written

    with file.open("rb") as log:
        text = as_utf8(log.read(MOST_BYTES // 2)).decode("utf-8", "replace")
    found = inferred(pasted("\n".join(text.splitlines()[:MOST_LINES])))
    if found is None:
        raise InputError("maker.error.nothing")
    click.echo(written({"id": name, "zh": name, "en": name, **found}), nl=False)


@click.command("test")
@_TOML
@click.argument("logs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--schema", type=click.Choice(["ocsf", "ecs"]), default="ocsf", show_default=True)
@click.option("--timezone", "zone", default="Asia/Shanghai", show_default=True, help="Zone of times that name none.")
def attempt(file: Path, logs: tuple[Path, ...], schema: str, zone: str) -> int:
    """Print the records of LOGS as the format in FILE reads them, as JSON lines; stores nothing."""
    from audit.ingest.commands import zone_of
    from audit.ingest.formats import ParseOptions
    from audit.ingest.formats.own import own_format
    from audit.ingest.maker.check import check_one
    from audit.ingest.maker.trying import read_by
    from audit.ingest.printing import printed

    table = _read(file)
    problems = check_one(table)
    if problems:
        return _refused(problems)
    made, broken = own_format("0", table), False
    for parsed in read_by(made, logs, ParseOptions(timezone=zone_of(zone))):
        for line in printed(parsed, made.format.name, schema):
            broken = broken or line.startswith(b'{"error":')
            sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    return 1 if broken else 0


def _read(file: Path) -> dict[str, Any]:
    from audit.ingest.maker.toml_text import LARGEST, read

    with file.open("rb") as text:
        return read(text.read(LARGEST + 1))


def _refused(problems: list[Any]) -> int:
    for one in problems:
        click.echo(f"{one.path.partition('/')[2].partition('/')[2] or one.path}: {one.text()}", err=True)
    return 1


@click.command("add")
@_TOML
@_ORG
@click.option("--reason", default="soc logs format add", help="Why; the second person reads it.")
def add(file: Path, org: str | None, reason: str) -> int:
    """Propose the format in FILE beside those in force, in place of the one of its name; a second person has to approve it."""
    from audit.ingest.maker.service import TABLES
    from soc.versions.service import FaultyBodyError

    table = _read(file)
    try:
        with at_desk() as desk, desk.write() as (session, actor):
            place = org or actor.org
            TABLES.keep(session, actor, place, table)
            number = TABLES.propose(session, actor, place, reason=reason).payload["number"]
    except FaultyBodyError as error:
        return _refused(error.problems)
    return _proposed(number)


@click.command("remove")
@click.argument("name")
@_ORG
@click.option("--reason", default="soc logs format remove", help="Why; the second person reads it.")
def remove(name: str, org: str | None, reason: str) -> int:
    """Propose to take the format NAME out of force; a second person has to approve it."""
    from audit.ingest.formats.own import name_of
    from audit.ingest.maker.service import TABLES

    with at_desk() as desk, desk.write() as (session, actor):
        place = org or actor.org
        TABLES.take_out(session, actor, place, name.removeprefix(name_of(place, "")))
        number = TABLES.propose(session, actor, place, reason=reason).payload["number"]
    return _proposed(number)


def _proposed(number: int) -> int:
    click.echo(t("versions.proposed", number=number), err=True)
    print_json({"version": number, "status": "proposed"})
    return 0


export = commands.show(_DOCUMENT, "export")
check = commands.check(_DOCUMENT)
diff = commands.diff(_DOCUMENT)
propose = commands.propose(_DOCUMENT, "soc logs format propose")
rollback = commands.rollback(_DOCUMENT, "soc logs format rollback")
