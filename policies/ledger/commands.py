"""``soc ledger lineage``: which columns tables are made of, read from files of SQL."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soc.clock import now
from soc.desk import at_desk, print_json
from soc.text import Message, t

if TYPE_CHECKING:
    from soc.ledger.lineage.edges import Problem
    from soc.ledger.lineage.service import Stored
    from soc.ledger.lineage.statements import Read

_LARGEST = 16 << 20  # bytes of one file
_DIALECTS = (
    "postgres", "mysql", "sqlite", "oracle", "tsql", "hive", "spark", "clickhouse", "duckdb", "trino", "doris",
)  # fmt: skip


@click.command("lineage")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default=None, help="Name of the source whose tables the statements speak of.")
@click.option("--org", default=None, help="Code of the organisation, where several have a source of that name.")
@click.option(
    "--dialect", type=click.Choice(_DIALECTS), default=None, help="By default the source's own, else postgres."
)
@click.option("--dry-run", is_flag=True, help="Print the edges and store nothing.")
@click.option("--json", "as_json", is_flag=True)
def lineage(
    files: tuple[Path, ...], source: str | None, org: str | None, dialect: str | None, dry_run: bool, as_json: bool
) -> int:
    """Read files of SQL (INSERT … SELECT, CREATE TABLE or VIEW AS, MERGE, COPY …) into the ledger's lineage."""
    from soc.ledger.lineage.names import names_within
    from soc.ledger.lineage.service import DIALECT_OF, place_of, store_script
    from soc.ledger.lineage.statements import edges_of
    from soc.ledger.sources import find_source

    faults = 0
    with at_desk() as desk:
        for path in files:
            script = _read(path)
            if script is None:
                faults += 1
                continue
            with desk.read() if dry_run else desk.write() as (session, actor):
                found = find_source(session, actor, source, org) if source else None
                spoken = dialect or DIALECT_OF.get(found.kind if found else "", "postgres")
                place = place_of(session, actor, found)
                if dry_run:
                    known = names_within(session, actor).catalogue(place.source_id)
                    read = edges_of(script, spoken, known, path.name)
                    faults += _print_edges(path, read, as_json=as_json)
                else:
                    stored = store_script(session, actor, place, script, spoken, path.name, at=now())
                    faults += _print_stored(path, stored, as_json=as_json)
    return 1 if faults else 0


def _read(path: Path) -> str | None:
    """A file's text in whichever encoding; a file that cannot be read is named."""
    from charset_normalizer import from_bytes

    try:
        if path.stat().st_size > _LARGEST:
            click.echo(t("lineage.too_large", path=path.name, most=_LARGEST >> 20), err=True)
            return None
        raw = path.read_bytes()
    except OSError as error:
        click.echo(t("lineage.unreadable", path=path.name, reason=error.strerror or type(error).__name__), err=True)
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw).best()
        return str(best) if best else raw.decode("gb18030", "replace")


def _print_edges(path: Path, read: "Read", *, as_json: bool) -> int:
    for edge in read.edges:
        up, down = edge.upstream, edge.downstream
        line = {
            "file": path.name, "upstream": f"{up.table}.{up.name}", "downstream": f"{down.table}.{down.name}",
            "transform": edge.transform.value, "guessed": edge.guessed, "at": edge.detail,
        }  # fmt: skip
        print_json(line) if as_json else click.echo(f"{line['downstream']} ← {line['upstream']}\t{line['transform']}")
    return _print_problems(path, read.problems)


def _print_stored(path: Path, stored: "Stored", *, as_json: bool) -> int:
    told = {
        "file": path.name, "edges": stored.edges, "new": stored.new, "gone": stored.gone, "resolved": stored.resolved,
        "proposals": stored.proposals, "problems": len(stored.problems),
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        params = {name: value for name, value in told.items() if name != "problems"}
        click.echo(Message("lineage.stored", params).render())
    return _print_problems(path, stored.problems)


def _print_problems(path: Path, problems: "Sequence[Problem]") -> int:
    for one in problems:
        click.echo(f"{path.name}:{one.line}: {t(one.key)}", err=True)
    return len(problems)
