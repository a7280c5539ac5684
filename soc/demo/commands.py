"""`soc demo generate`, `history`, `workload`, `leaks`: the province, its people's work, one theft or many leaks."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.settings import Settings
from soc.clock import now
from soc.demo.table import ESTATES, SIZES, Table
from soc.errors import InputError
from soc.text import t

if TYPE_CHECKING:
    from soc.demo.estate.fill import Truth
    from soc.demo.theft import Theft

#: days that must be left for leaks behind the quiet ones: more than the longest holidays
_LEAST_LEFT = 10


@click.command()
@click.argument("destination")
@click.option("--seed", type=int, default=1, show_default=True, help="the same seed gives the same province")
@click.option("--size", type=click.Choice(sorted({*SIZES, *ESTATES})), default="laptop", show_default=True)
@click.option("--truth", type=click.Path(dir_okay=False, path_type=Path), help="write what each column really holds")
@click.option("--json", "as_json", is_flag=True, help="print the counts as JSON")
def generate(destination: str, seed: int, size: str, truth: Path | None, as_json: bool) -> None:
    """Write a made-up transport province into DESTINATION: a URL, a .db file, or a folder for CSV files."""
    total, known = _generate(destination, seed, size)
    if truth is not None:
        truth.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
    if as_json:
        click.echo(
            json.dumps(
                {"destination": _shown(destination), "seed": seed, "rows": total, "tables": len(known)},
                ensure_ascii=False,
            )
        )


def _generate(destination: str, seed: int, size: str) -> tuple[int, dict[str, dict[str, "Truth"]]]:
    """The count of rows, and what each column really holds."""
    from soc.demo.province import province
    from soc.demo.world import World
    from soc.demo.write import write

    if size in ESTATES:
        from soc.demo.estate.whole import write_estate

        return write_estate(destination, seed, ESTATES[size], _tell)
    known: dict[str, dict[str, Truth]] = {}
    return write(destination, _noting(province(World.of(seed, size)), known), _tell), known


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--size", type=click.Choice(sorted(SIZES)), default="laptop", show_default=True)
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
@click.option("--until", "last", help="the last day, YYYY-MM-DD; yesterday by default")
@click.option("--theft", "with_theft", is_flag=True, help="add a theft in the evening of the last day")
@click.option(
    "--kind", type=click.Choice(["pages", "copy", "staged", "drip"]), help="which theft; the seed chooses else"
)
@click.option(
    "--nginx", type=click.Path(dir_okay=False, path_type=Path), help="also write a web server's log of those days"
)
@click.option("--json", "as_json", is_flag=True, help="print the counts, and who the thief was, as JSON")
def history(
    file: Path,
    seed: int,
    size: str,
    days: int,
    last: str | None,
    with_theft: bool,
    kind: str | None,
    nginx: Path | None,
    as_json: bool,
) -> None:
    """Write days of ordinary work into FILE, as PostgreSQL's server log with pgaudit's lines."""
    from soc.demo.history import history_lines
    from soc.demo.theft import TheftKind, plan_theft
    from soc.demo.theft_log import theft_lines
    from soc.demo.weblog import web_lines
    from soc.demo.world import World

    world, until = World.of(seed, size), _day(last)
    chosen = TheftKind(kind) if kind else None
    stolen = list(theft_lines(world, until, chosen)) if with_theft else []
    count = _write_lines(file, merged(history_lines(world, until, days), stolen))
    web = _write_lines(nginx, web_lines(world, until, days)) if nginx else 0
    plan = plan_theft(world, chosen) if with_theft else None
    click.echo(t("demo.lines_written", count=count, file=str(file)), err=True)
    if as_json:
        click.echo(json.dumps({"lines": count, "web_lines": web, "theft": _told(plan)}, ensure_ascii=False))


@click.command()
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--people", type=click.IntRange(100, 20_000), default=300, show_default=True)
@click.option("--days", type=click.IntRange(20, 200), default=60, show_default=True)
@click.option(
    "--quiet-days", type=click.IntRange(0, 100), default=20, show_default=True, help="days before the first leak"
)
@click.option("--each", type=click.IntRange(1, 20), default=1, show_default=True, help="leaks of each kind")
@click.option("--json", "as_json", is_flag=True, help="print the counts as JSON")
def leaks(folder: Path, seed: int, people: int, days: int, quiet_days: int, each: int, as_json: bool) -> None:
    """Write a season of a province's work with leaks of sixteen kinds hidden in it, and the truth beside it."""
    from soc.demo.leaks.province import Trial
    from soc.demo.leaks.writing import write_trial

    if quiet_days + _LEAST_LEFT > days:
        raise InputError("demo.too_few_days", quiet=quiet_days, days=days, least=_LEAST_LEFT)
    counts = write_trial(Trial(seed, people, days, quiet=quiet_days, each=each), folder)
    click.echo(t("demo.lines_written", count=counts["lines"], file=str(folder)), err=True)
    if as_json:
        click.echo(json.dumps(counts))


@click.command()
@click.argument("url")
@click.option("--seed", type=int, default=1, show_default=True, help="that of `soc demo generate`")
@click.option("--size", type=click.Choice(sorted(SIZES)), default="laptop", show_default=True)
@click.option("--no-theft", is_flag=True, help="ordinary work only")
@click.option(
    "--kind", type=click.Choice(["pages", "copy", "staged", "drip"]), help="which theft; the seed chooses else"
)
@click.option("--scale", type=click.FloatRange(0.01, 5), default=0.3, show_default=True, help="share of a day's work")
@click.option("--json", "as_json", is_flag=True, help="print what was done, and who the thief was, as JSON")
def workload(url: str, seed: int, size: str, no_theft: bool, kind: str | None, scale: float, as_json: bool) -> None:
    """Let every account log in to the PostgreSQL province at URL and work; one of them steals.

    URL is a superuser's: it makes the accounts.
    """
    from soc.demo.theft import TheftKind
    from soc.demo.workload import run_workload
    from soc.demo.world import World

    chosen = TheftKind(kind) if kind else None
    done = run_workload(
        World.of(seed, size), url, day=_day(None), scale=scale, theft=chosen, steal=not no_theft, progress=_tell_session
    )
    click.echo(t("demo.worked", sessions=done.sessions, statements=done.statements, failed=done.failed), err=True)
    if as_json:
        counts = {"sessions": done.sessions, "statements": done.statements, "failed": done.failed}
        told = {**counts, "theft": _told(done.theft), "rows_taken": done.rows_taken}
        click.echo(json.dumps(told, ensure_ascii=False))


@click.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--size", type=click.Choice(sorted(SIZES)), default="laptop", show_default=True)
def accounts(seed: int, size: str) -> None:
    """Map the demo's database accounts to their persons, posts and organisations."""
    from soc.demo.people_map import map_demo_accounts
    from soc.desk import at_desk

    with at_desk() as desk, desk.write() as (session, actor):
        count = map_demo_accounts(session, actor, seed, size)
    click.echo(t("demo.accounts_mapped", count=count), err=True)


def merged(ordinary: Iterable[str], theft: list[str]) -> Iterator[str]:
    """Both in order of time: each line begins with its instant."""
    import heapq

    return heapq.merge(ordinary, theft, key=lambda line: line[:23])


def _day(text: str | None) -> date:
    today = now().astimezone(Settings.load().timezone).date()
    if text is None:
        return today - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError("demo.bad_day", value=text) from error


def _write_lines(path: Path, lines: Iterable[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line)
            count += line.count("\n")
    return count


def _told(plan: "Theft | None") -> dict[str, str] | None:
    if plan is None:
        return None
    return {"account": plan.thief.name, "org": plan.thief.org, "kind": plan.kind.value, "table": plan.table}


def _tell_session(number: int, total: int) -> None:
    if number % 10 == 0 or number == total:
        click.echo(t("demo.session_done", number=number, total=total), err=True)


def _noting(tables: Iterable[Table], known: dict[str, dict[str, "Truth"]]) -> Iterator[Table]:
    for table in tables:
        known[table.name] = {column.name: column.type for column in table.columns}
        yield table


def _tell(name: str, rows: int) -> None:
    click.echo(t("demo.table_written", name=name, rows=rows), err=True)


def _shown(destination: str) -> str:
    """Without the password that a URL may hold."""
    from sqlalchemy.engine import make_url

    return make_url(destination).render_as_string(hide_password=True) if "://" in destination else destination
