"""``soc rules check | test | import | backtest | list``."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from detectors.sigma.flatten import Flat, flatten
from soc.desk import at_desk, print_json
from soc.errors import InputError
from soc.text import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from detectors.sigma.backtests.service import Draft
    from soc.identity.actor import Actor
    from soc.logstore.port import LogStore

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
@click.argument("rule")
@click.option("--org", help="Code of an organisation; all that have logs by default.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366))
@click.option("--json", "as_json", is_flag=True)
def backtest(rule: str, org: str | None, days: int, as_json: bool) -> int:
    """Say what RULE would have raised on the stored days; nothing is stored.

    RULE is a file with a Sigma rule, as one of the organisation's own, the id of a kept rule, or the name of an own one.
    """
    from detectors.sigma.backtests.result import history_of
    from detectors.sigma.history import judged, known_to
    from soc.clock import now
    from soc.logstore import open_store
    from soc.logstore.query import Scope
    from soc.versions.service import FaultyBodyError

    with at_desk() as desk:
        store, until = open_store(desk.settings), now()
        since = until - timedelta(days=days)
        try:
            with desk.read() as (session, actor):
                draft = _draft(session, actor, rule, org)
                trial, codes = draft.bound(session), _tried_on(session, actor, draft, store, (since, until))
        except FaultyBodyError as error:
            for one in error.problems:
                click.echo(f"{one.path}: {one.text()}", err=True)
            return 1
        for code in [org] if org else codes:
            found = judged(store, trial, known_to(desk.database), Scope.of([code]), since, until)
            with desk.read() as (session, _):
                history = history_of(session, desk.settings, found, code, frozenset([code]), draft.rule_id)
            if as_json:
                print_json(history.as_json())
            else:
                click.echo(history.render())
    return 0


def _draft(session: "Session", actor: "Actor", rule: str, org: str | None) -> "Draft":
    """What is to be tried: a file's rule, as one of the organisation's own, or one that is kept or in force."""
    from detectors.sigma.backtests.service import draft_of_rule, draft_of_text
    from detectors.sigma.own.service import TABLES
    from soc.tiers.scope import narrowed

    if not Path(rule).is_file():
        return draft_of_rule(session, actor, rule)
    place = narrowed(session, actor, org or actor.org).org
    return draft_of_text(session, place, TABLES.working_body(session, actor, place), Path(rule).read_text("utf-8"))


def _tried_on(
    session: "Session", actor: "Actor", draft: "Draft", store: "LogStore", span: tuple[datetime, datetime]
) -> list[str]:
    """The organisations with logs in a time that a rule would be looked for at: its own, and those below."""
    from soc.logstore.port import SearchRequest
    from soc.logstore.query import Scope
    from soc.tiers.scope import narrowed, scope_codes

    scope = Scope(scope_codes(session, narrowed(session, actor, draft.owner)))
    rows = store.aggregate(SearchRequest(since=span[0], until=span[1], scope=scope), ["guanlan.org"], limit=1_000).rows
    return [str(row.key[0]) for row in rows]


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
