"""``soc scan``, ``soc text`` and ``soc source``."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
import orjson

from soc.desk import Desk, at_desk, print_json
from soc.errors import SocError
from soc.text import language, t, told

if TYPE_CHECKING:
    from config.settings import Settings
    from detectors.discovery.finding import ScanResult, Skipped
    from detectors.discovery.scanning.conduct import Order, Signal
    from detectors.discovery.scanning.models import Mode
    from detectors.discovery.scanning.progress import Progress
    from detectors.discovery.sentences.span import Span
    from detectors.discovery.service import Location, Standard
    from detectors.discovery.sources.base import Sampling
    from soc.ledger.own_types import OwnDefinition

_ROOT = "440000"
_TOGETHER = 64  # texts that are read at once


@click.command()
@click.argument("locations", nargs=-1, required=True)
@click.option("--full", is_flag=True, help="Read every row instead of a repeatable sample.")
@click.option("--again", is_flag=True, help="Read every table, also those that did not change since the scan before.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--no-headers", is_flag=True, help="The first row is data; names are hidden from the decision.")
@click.option("--dry-run", is_flag=True, help="Store nothing.")
@click.option("--org", help="Code of the organisation whose ledger it is; the installation's own by default.")
@click.option("--seed", type=int, default=20261122, show_default=True, help="Seed of the sample.")
@click.option("--include", multiple=True, help="Read only files whose name or path matches this pattern (*.csv).")
@click.option("--exclude", multiple=True, help="Leave out files whose name or path matches this pattern.")
@click.option("--most-files", type=click.IntRange(1), help="Stop after so many files of a folder or a bucket.")
@click.option("--workers", type=click.IntRange(0, 64), help="Processes that read; 0 is none but this one.")
def scan(
    locations: tuple[str, ...],
    full: bool,
    again: bool,
    as_json: bool,
    no_headers: bool,
    dry_run: bool,
    org: str | None,
    seed: int,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    most_files: int | None,
    workers: int | None,
) -> int:
    """Find and grade the sensitive columns of sources, databases (URLs), files and folders.

    A scan that was ended goes on where it was when the same is ordered again.
    """
    from detectors.discovery.scanning.models import Mode
    from detectors.discovery.sources.base import Sampling
    from detectors.discovery.sources.files.selection import Selection

    select = Selection(include, exclude, *([most_files] if most_files else []))
    sampling = Sampling(full=full, headers=not no_headers, seed=seed, select=select)
    mode = Mode.FULL if full else Mode.AGAIN if again else Mode.CHANGED
    with at_desk() as desk:
        owner, places, missing, standard = _prepare(desk, locations, org)
        orders = [_order(place, sampling, standard, workers) for place in places]
        result, failed = _scan_all(desk, list(zip(places, orders, strict=True)), owner, None if dry_run else mode)
    result = replace(result, skipped=(*missing, *result.skipped))
    if as_json:
        print_json(result.as_dict())
    else:
        _print_tables(result)
    return 1 if failed or missing else 0


def _prepare(
    desk: Desk, locations: tuple[str, ...], org: str | None
) -> tuple[str, list["Location"], list["Skipped"], "Standard"]:
    """Look up whose ledger it is, what to scan, what of it is not there, and by what it is judged; nothing is read."""
    from detectors.discovery.finding import Skipped
    from detectors.discovery.service import Standard, active_policy, locate
    from soc.centre import home_org
    from soc.errors import NotFoundError
    from soc.ledger.own_types import sought
    from soc.tiers.scope import in_scope

    with desk.read() as (session, actor):
        owner = org or home_org(session, actor)
        if not in_scope(session, actor, owner):
            raise NotFoundError
        places, missing = [], []
        for given in locations:
            try:
                places.append(locate(session, actor, desk.settings, given, org))
            except SocError as error:
                if len(locations) == 1:
                    raise
                missing.append(Skipped(_named(given), told(error)))
        return owner, places, missing, Standard(active_policy(session, owner), sought(session, owner))


def _named(given: str) -> str:
    """What was given, to be named in a report: of an address that cannot be read only its kind, since it may hold a password."""
    return f"{given.split('://', 1)[0]}://…" if "://" in given else given


def _order(place: "Location", sampling: "Sampling", standard: "Standard", workers: int | None) -> "Order":
    from detectors.discovery.scanning.conduct import Order

    return Order(place.name, place.address, sampling, standard.policy, workers, own=standard.own)


def _scan_all(
    desk: Desk, places: list[tuple["Location", "Order"]], org: str, mode: "Mode | None"
) -> tuple["ScanResult", bool]:
    """Scan each location and keep it; one that cannot be reached spoils the others only when it is alone."""
    from detectors.discovery.finding import ScanResult, Secret, Skipped, TableFinding

    tables: list[TableFinding] = []
    skipped: list[Skipped] = []
    secrets: list[Secret] = []
    failed = False
    for place, order in places:
        try:
            result = _scan_one(desk, place, order, org, mode)
        except SocError as error:
            if len(places) == 1:
                raise
            skipped.append(Skipped(place.name, told(error)))
            failed = True
            continue
        tables += result.tables
        skipped += result.skipped
        secrets += result.secrets
    names = ", ".join(place.name for place, _ in places)
    return ScanResult(names, tuple(tables), tuple(skipped), tuple(secrets)), failed


def _scan_one(desk: Desk, place: "Location", order: "Order", org: str, mode: "Mode | None") -> "ScanResult":
    """Scan a location; with a mode it is kept in the ledger, without one nothing of it is."""
    from detectors.discovery.scanning.conduct import Scan, Unkept
    from detectors.discovery.scanning.keeping import Desk as ScanDesk
    from detectors.discovery.scanning.keeping import scan_kept
    from detectors.discovery.service import within_budget
    from soc.identity.actors import operator_actor

    if mode is None:
        with within_budget(desk.settings, place, order.sampling) as sampling:
            return Scan(replace(order, sampling=sampling), Unkept(), _watch).run()
    done = scan_kept(ScanDesk(desk.database, desk.settings, operator_actor), place, org, order, mode, _watch)
    counts: dict[str, Any] = {name: done.told[name] for name in ("tables", "sensitive")}
    counts |= {"columns": done.told["items"], "changed": done.run.changed}
    click.echo(t("discovery.stored", source=place.name, **counts), err=True)
    if done.choice.carried:
        click.echo(t("scan.carried", count=len(done.choice.carried), read=len(done.choice.read)), err=True)
    return done.result


def _watch(progress: "Progress") -> "Signal":
    """Tell on a terminal how far it is."""
    from detectors.discovery.scanning.conduct import Signal

    if sys.stderr.isatty():
        told_left = t("scan.left", seconds=round(progress.left.total_seconds())) if progress.left else ""
        line = t("scan.line", done=progress.settled, total=progress.total, rate=round(progress.rows_per_second))
        click.echo(f"\r\x1b[K{line} {told_left}", nl=progress.settled >= progress.total > 0, err=True)
    return Signal.GO


def _print_tables(result: "ScanResult") -> None:
    from soc.ledger.types import types

    for table in result.tables:
        facts: dict[str, Any] = {"rows": table.rows, "level": table.level.value, "category": table.category or "-"}
        click.echo(t("discovery.table_line", name=table.name, **facts))
        for column in table.columns:
            title = types()[column.type].title(language()) if column.type else "-"
            shown = f"{column.confidence:.2f} {column.tier.value}" if column.type else "-"
            line: dict[str, Any] = {
                "name": column.name,
                "title": title,
                "confidence": shown,
                "level": column.level.value,
            }
            click.echo(t("discovery.column_line", **line))
    for one in result.skipped:
        click.echo(t("discovery.skipped_line", path=one.path, reason=one.reason), err=True)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Accepted for uniformity: the output is always JSON lines.")
@click.option(
    "--org", default=_ROOT, show_default=True, help="Code of the organisation whose own recognizers read too."
)
def text(file: Any, as_json: bool, org: str) -> int:
    """Find personal data in JSON lines {"id", "text"}."""
    from config.settings import Settings
    from detectors.discovery.sentences import foreign
    from detectors.recognizers.own import seeking

    settings = Settings.load()
    foreign.plug_in_files(settings.home / "recognizers")
    with seeking(_own_of(settings, org)):
        return _read_documents(_documents(file))


def _own_of(settings: "Settings", org: str) -> tuple["OwnDefinition", ...]:
    """The recognizers of an organisation's own; where there is no installation there are none, and none is made."""
    from soc.acting import SystemPath
    from soc.db import Database
    from soc.installation import is_made
    from soc.ledger.own_types import sought

    if not is_made(settings):
        return ()
    database = Database.open(settings)
    try:
        with database.acting_for(SystemPath.OPERATOR).read() as session:
            return sought(session, org)
    finally:
        database.close()


def _read_documents(documents: Iterator[tuple[int, dict[str, Any] | None]]) -> int:
    from detectors.discovery.sentences.engine import read_many

    failed = False
    while waiting := list(islice(documents, _TOGETHER)):
        spans = iter(read_many([document["text"] for _, document in waiting if document is not None]))
        for number, document in waiting:
            failed |= document is None
            print_json(_read_line(number, document, [] if document is None else next(spans)))
    return 1 if failed else 0


def _read_line(number: int, document: dict[str, Any] | None, spans: list["Span"]) -> dict[str, Any]:
    """What is printed for one line of the input."""
    if document is None:
        return {"error": t("errors.discovery.no_text", line=number), "line": number}
    head = {"id": document["id"]} if "id" in document else {}
    return head | {"spans": [span.as_dict() for span in spans]}


def _documents(file: Any) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Each line's number from 1 and its object, None where it is none with a text."""
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        yield number, _document(line)


def _document(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)  # keeps lone surrogates, which orjson refuses
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return None
    return found | {"text": found["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace")}


@click.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--org", required=True, help="Code of the organisation whose source it is.")
def source_add(name: str, url: str, org: str) -> None:
    """Keep a database (SQLAlchemy URL) or a path of files under a name; its password is sealed."""
    from detectors.discovery.sources import buckets, guard
    from detectors.discovery.sources.databases.support import support_of
    from soc.ledger.sources import NewSource, add_source, is_url

    if buckets.is_bucket(url):
        buckets.checked(url)
    elif is_url(url):
        guard.checked(url)
    with at_desk() as desk, desk.write() as (session, actor):
        source = add_source(session, actor, desk.settings, NewSource(name, url, org))
        shown = {"name": source.name, "org": source.org, "kind": source.kind, "address": source.address}
    support = support_of(source.kind)
    print_json(shown | {"tested": support.tested})
    for note in support.notes():
        click.echo(note, err=True)


@click.command("list")
@click.option("--json", "as_json", is_flag=True)
def source_list(as_json: bool) -> None:
    """List the sources that are known; passwords are never shown."""
    from soc.ledger.sources import list_sources

    with at_desk() as desk, desk.read() as (session, actor):
        rows = [
            {
                "name": one.name,
                "org": one.org,
                "kind": one.kind,
                "address": one.address,
                "scanned_at": one.scanned_at.isoformat() if one.scanned_at else None,
                "most_rows": one.most_rows,
                "most_bytes": one.most_bytes,
            }
            for one in list_sources(session, actor)
        ]
    for row in rows:
        click.echo(orjson.dumps(row).decode() if as_json else "\t".join(str(value or "-") for value in row.values()))


@click.command("limit")
@click.argument("name")
@click.option("--org", default=None, help="Code of the organisation, where several have the name.")
@click.option("--rows", type=click.IntRange(1), help="Rows that one scan may read; without it there is no limit.")
@click.option(
    "--bytes", "size", type=click.IntRange(1), help="Bytes that one scan may read; without it there is no limit."
)
def source_limit(name: str, org: str | None, rows: int | None, size: int | None) -> None:
    """Say how much one scan may read of a source; what is over it is left, and named in the scan's report."""
    from soc.ledger.sources import find_source, limit_source

    with at_desk() as desk, desk.write() as (session, actor):
        limit_source(session, actor, find_source(session, actor, name, org), rows=rows, size=size)
    print_json({"name": name, "most_rows": rows, "most_bytes": size})


@click.command("test")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
def source_test(name: str, as_json: bool) -> None:
    """Try to reach a source; say what can be seen there and what the account may do beyond reading."""
    from detectors.discovery.probe import probe
    from soc.ledger.sources import find_source, url_of
    from soc.trail import Act, record

    with at_desk() as desk:
        with desk.read() as (session, actor):
            address = url_of(desk.settings, find_source(session, actor, name))
        found = probe(address)
        told = {"tables": found.tables, "readable": found.readable, "excess": list(found.excess)}
        with desk.write() as (session, actor):
            record(session, actor, Act.SOURCE_TESTED, find_source(session, actor, name), after=told)
    if as_json:
        print_json({"name": name, "ok": True} | found.as_dict())
        return
    facts: dict[str, Any] = {"version": found.version or "-", "user": found.user or "-", "readable": found.readable}
    click.echo(t("discovery.tested", name=name, count=found.tables, **facts))
    for warning in found.warnings():
        click.echo(warning)


@click.command("remove")
@click.argument("name")
@click.option("--org", default=None, help="Code of the organisation, where several have the name.")
def source_remove(name: str, org: str | None) -> None:
    """Take a source out, and its ledger items with it."""
    from soc.ledger.sources import remove_source

    with at_desk() as desk, desk.write() as (session, actor):
        remove_source(session, actor, name, org)
    click.echo(t("discovery.removed", name=name), err=True)
