"""The embedded demo's own files: provinces in SQLite and a month of logs, made below the home."""

import heapq
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.demo.history import history_lines
from soc.demo.people_map import map_demo_accounts
from soc.demo.province import province
from soc.demo.table import Table
from soc.demo.theft import TheftKind
from soc.demo.theft_log import theft_lines
from soc.demo.weblog import web_lines
from soc.demo.world import World
from soc.demo.write import write
from soc.identity.actors import operator_actor

SEED, SIZE, DAYS = 1, "laptop", 30
#: cities that keep a (small) database of their own, beside the province's
CITIES = ("440100", "440200", "440300", "440400", "440500", "440600", "441900", "442000")


def folder(settings: Settings) -> Path:
    """Return where the demo's files lie."""
    return settings.folder("demo")


def databases(settings: Settings) -> list[tuple[str, str, Path]]:
    """Return organisation, name and file of each made-up database."""
    cities = [(code, f"transport-{code}", folder(settings) / f"{code}.db") for code in CITIES]
    return [("440000", "province", folder(settings) / "province.db"), *cities]


def logs(settings: Settings) -> list[tuple[str, Path]]:
    """Return format and file of each made-up log: the ordinary month, then the theft's evening."""
    return [("nginx", folder(settings) / "web.log"), ("pgaudit", folder(settings) / "postgresql.log")]


def make_databases(_database: Database, settings: Settings) -> None:
    """Write the province and the cities' databases."""
    for number, (_org, _name, path) in enumerate(databases(settings)):
        if not path.exists():
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            write(f"sqlite:///{part}", _tables(number), lambda *_: None)
            part.rename(path)  # a start that was killed makes it anew


def _tables(number: int) -> Iterable[Table]:
    """The province's whole, or what one city keeps of it: no two keep the same."""
    if number == 0:
        return province(World.of(SEED, SIZE))
    tables = province(World.of(SEED + number, "small"))
    return [table for place, table in enumerate(tables) if (place * 7 + number) % (2 + number % 4)]


def map_accounts(database: Database, _settings: Settings) -> None:
    """Enter who stands behind each database account."""
    with database.write() as session:
        map_demo_accounts(session, operator_actor(session, "demo"), SEED, SIZE)


def make_logs(_database: Database, settings: Settings) -> None:
    """Write a month of ordinary work, and one theft in its last evening."""
    world, until = World.of(SEED, SIZE), _yesterday(settings)
    stolen = list(theft_lines(world, until, TheftKind.STAGED))
    (_, web), (_, server) = logs(settings)
    _write(web, web_lines(world, until, DAYS))
    _write(server, heapq.merge(history_lines(world, until, DAYS), stolen, key=lambda line: line[:23]))


def _yesterday(settings: Settings) -> date:
    return now().astimezone(settings.timezone).date() - timedelta(days=1)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
