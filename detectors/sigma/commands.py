"""``soc rules check | test | import | backtest | list``."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from detectors.sigma.flatten import Flat, flatten
from soc.desk import at_desk, print_json
from soc.errors import InputError
from soc.text import t

_EVENTS_AT_ONCE = 20_000
_FOLDER = click.Path(exists=True, path_type=Path)


@click.command("check")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True)
def check(folder: Path, as_json: bool) -> int:
    """Say of every rule whether it can be matched, and if not, why."""
    from detectors.sigma.rules import RuleStatus, read_rules

    rules = read_rules(folder)
    for rule in rules:
        print_json({"path": rule.path, "id": rule.id, "status": rule.status.value, "reason": rule.reason})
    if not as_json:
        counted = {status.value: sum(rule.status is status for rule in rules) for status in RuleStatus}
        click.echo(t("rules.checked", None, **counted), err=True)
    return 0 if all(rule.status is RuleStatus.OK for rule in rules) else 1


@click.command("test")
@click.argument("folder", type=_FOLDER)
@click.option("--events", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--raw", is_flag=True, help="Match the events' own field names.")
@click.option("--json", "as_json", is_flag=True)
def test(folder: Path, events: Path, raw: bool, as_json: bool) -> None:
    """Match rules on events, one JSON object a line; print the 0-based lines that each rule hits."""
    from detectors.sigma.correlating import Correlating
    from detectors.sigma.fields import TAXONOMY
    from detectors.sigma.rules import match_flat, read_rules
    from detectors.sigma.source import FlatSource

    rules = read_rules(folder)
    hits: list[list[int]] = [[] for _ in rules]
    correlating = Correlating(rules)
    for numbers, flats in _chunks(events):
        source = FlatSource(flats, None if raw else TAXONOMY)
        matched = match_flat(rules, source)
        correlating.take(matched, numbers, source)
        for place, found in enumerate(matched):
            hits[place].extend(numbers[number] for number in found)
    for place, found in correlating.found().items():
        hits[place] = found
    for rule, found in zip(rules, hits, strict=True):
        if found:
            print_json({"rule_id": rule.id or rule.path, "events": found})


@click.command("import")
@click.argument("folder", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True)
def import_(folder: Path, as_json: bool) -> int:
    """Keep the rules of a folder; what cannot be matched is kept too, shown with its reason."""
    from detectors.sigma.rules import RuleStatus, read_rules
    from detectors.sigma.service import keep_rules

    rules = read_rules(folder)
    with at_desk() as desk, desk.write() as (session, actor):
        kept = keep_rules(session, actor, rules)
    if as_json:
        print_json(kept)
    else:
        click.echo(t("rules.imported", None, **kept))
    return 0 if all(rule.status is RuleStatus.OK for rule in rules) else 1


@click.command("backtest")
@click.argument("rule_id")
@click.option("--org", help="Code of an organisation; all that have logs by default.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366))
@click.option("--json", "as_json", is_flag=True)
def backtest(rule_id: str, org: str | None, days: int, as_json: bool) -> None:
    """Say what a kept rule, single or correlation, would have raised on the stored days; nothing is stored."""
    from detectors.sigma.history import judged
    from detectors.sigma.service import all_rules, find_rule
    from soc.clock import now
    from soc.logstore import open_store
    from soc.logstore.port import SearchRequest

    with at_desk() as desk:
        store, until = open_store(desk.settings), now()
        with desk.read() as (session, _):
            find_rule(session, rule_id)
            kept = all_rules(session)
        asked = SearchRequest(since=until - timedelta(days=days), until=until)
        codes = [org] if org else [str(row.key[0]) for row in store.aggregate(asked, ["guanlan.org"], limit=1_000).rows]
        for code in codes:
            found = judged(store, kept, rule_id, code, until - timedelta(days=days), until)
            if as_json:
                print_json(found.as_json())
            else:
                click.echo(found.render())


@click.command("list")
def list_() -> None:
    """List the rules in use with what each means, a JSON line each."""
    from detectors.sigma.explained import explained
    from detectors.sigma.service import all_rules

    with at_desk() as desk, desk.read() as (session, _):
        for row in all_rules(session):
            told = explained(row.document)
            print_json({"id": row.rule_id, "title": told.title, "level": row.level, "status": row.status.value,
                        "enabled": row.enabled, "reason": row.reason, "means": told.means, "look_at": told.look_at,
                        "harmless": told.harmless, "techniques": [one.id for one in told.techniques]})  # fmt: skip


def _chunks(path: Path) -> Iterator[tuple[list[int], list[Flat]]]:
    numbers: list[int] = []
    flats: list[Flat] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            if line.strip():
                numbers.append(number)
                flats.append(flatten(_read(line, number)))
            if len(flats) >= _EVENTS_AT_ONCE:
                yield numbers, flats
                numbers, flats = [], []
    if flats:
        yield numbers, flats


def _read(line: bytes, number: int) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError("errors.event_line", line=number + 1, reason=str(error)) from error
