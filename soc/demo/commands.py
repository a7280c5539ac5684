"""`soc demo generate`, `history` and `workload`: the province, its people's work, and one theft."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from soc.demo.table import SIZES, Table
from soc.text import t


@click.command()
@click.argument("destination")
@click.option("--seed", type=int, default=1, show_default=True, help="the same seed gives the same province")
@click.option("--size", type=click.Choice(sorted(SIZES)), default="laptop", show_default=True)
@click.option("--truth", type=click.Path(dir_okay=False, path_type=Path), help="write what each column really holds")
@click.option("--json", "as_json", is_flag=True, help="print the counts as JSON")
def generate(destination: str, seed: int, size: str, truth: Path | None, as_json: bool) -> None:
    """Write a made-up transport province into DESTINATION: a URL, a .db file, or a folder for CSV files."""
    from soc.demo.province import province
    from soc.demo.world import World
    from soc.demo.write import write

    known: dict[str, dict[str, str | None]] = {}
    total = write(destination, _noting(province(World.of(seed, size)), known), _tell)
    if truth is not None:
        truth.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
    if as_json:
        click.echo(
            json.dumps(
                {"destination": _shown(destination), "seed": seed, "rows": total, "tables": len(known)},
                ensure_ascii=False,
            )
        )


def _noting(tables: Iterable[Table], known: dict[str, dict[str, str | None]]) -> Iterator[Table]:
    for table in tables:
        known[table.name] = {column.name: column.type for column in table.columns}
        yield table


def _tell(name: str, rows: int) -> None:
    click.echo(t("demo.table_written", name=name, rows=rows), err=True)


def _shown(destination: str) -> str:
    """Without the password that a URL may hold."""
    from sqlalchemy.engine import make_url

    return make_url(destination).render_as_string(hide_password=True) if "://" in destination else destination
