"""`soc detect evaluate` and `soc risk entity`: measure a detector, and weigh an entity's findings."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import click

from config.settings import Settings
from detectors.behaviour.reading import instant_micros
from detectors.risk import Criticality, RiskInputError, entity_risk
from soc.errors import InputError


@click.command()
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--labels", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--train-until", "until", metavar="TIME", help="events before this RFC 3339 time only train")
@click.option("--per", type=click.Choice(["window", "event"]), default="window", help="score windows or single events")
@click.option("--scores", type=click.Path(dir_okay=False, path_type=Path), help="write each score with its reasons")
@click.option("--budget", type=click.IntRange(min=1), default=20, help="alerts a day for recall_at_budget")
@click.option("--json", "as_json", is_flag=True, help="(always JSON)")
def evaluate(
    events: Path, labels: Path, until: str | None, per: str, scores: Path | None, budget: int, as_json: bool
) -> None:
    """Rank labelled events with the behaviour models and say how good the ranking is."""
    from detectors.behaviour import evaluate as evaluation

    with events.open("rb") as lines, labels.open(encoding="utf-8-sig", newline="") as rows:
        result = evaluation.evaluate(
            lines,
            rows,
            zone=Settings.load().timezone,
            until=_instant(until),
            per_event=per == "event",
            budget=budget,
        )
    if scores is not None:
        _write_scores(scores, result.rows)
    click.echo(json.dumps(asdict(result.quality)))


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return instant_micros(text)
    except ValueError as error:
        raise InputError("behaviour.evaluate.bad_time", value=text) from error


def _write_scores(path: Path, rows: tuple[Any, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["entity", "start", "end", "score", "reasons"])
        writer.writerows([one.entity, one.start, one.end, f"{one.score:.9g}", one.reasons] for one in rows)


@click.command()
@click.option("--org", help="only the logs of this organisation")
@click.option("--rebuild", "anew", is_flag=True, help="build the habits anew from the log store first")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="print the findings as JSON lines")
def run(org: str | None, anew: bool, limit: int, as_json: bool) -> None:
    """Judge everybody's latest two days now, and show the standing findings, gravest first."""
    from detectors.behaviour import jobs
    from detectors.behaviour.listing import latest_findings
    from soc.desk import at_desk
    from soc.logstore import open_store

    with at_desk() as desk:
        for one in [org] if org else jobs.organisations(desk.database):
            if anew:
                store = open_store(desk.settings)
                jobs.rebuild_days(desk.database, desk.settings, store, one, lambda _done, _total: None)
            jobs.judge_latest(desk.database, desk.settings, one)
        with desk.read() as (session, actor):
            found = latest_findings(session, actor, limit)
    for row in found:
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{row['score']:3d}  {row['title']}")


@click.command()
@click.option("--org", help="only the logs of this organisation")
@click.option("--days", type=click.IntRange(1, 90), default=30, show_default=True)
@click.option("--threshold", type=click.IntRange(0, 100), default=40, show_default=True, help="score to raise from")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def backtest(org: str | None, days: int, threshold: int, as_json: bool) -> None:
    """Say what the behaviour models would have raised on the stored days, each judged by those before it."""
    from detectors.backtest import walk_forward
    from detectors.behaviour import jobs
    from soc.desk import at_desk

    with at_desk() as desk, desk.read() as (session, _):
        results = {
            one: walk_forward(session, one, days, threshold)
            for one in ([org] if org else jobs.organisations(desk.database))
        }
    for code, result in results.items():
        if as_json:
            click.echo(json.dumps({"org": code, **result.as_json()}, ensure_ascii=False))
        else:
            click.echo(result.render(code))


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="(always JSON lines)")
def risk_entity(file: IO[str], as_json: bool) -> None:
    """Join the scores of each line's entity to one risk figure."""
    for number, line in enumerate(file, start=1):
        if line.strip():
            click.echo(json.dumps(_risk_of(line, number), ensure_ascii=False))


def _risk_of(line: str, number: int) -> dict[str, Any]:
    try:
        given = json.loads(line)
        scores = [float(score) for score in given["scores"]]
        criticality = Criticality(given.get("criticality") or Criticality.MEDIUM)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RiskInputError("behaviour.risk.bad_line", line=number, reason=str(error)) from error
    risk = entity_risk(scores, criticality)
    return {
        "id": given.get("id"),
        "category_score": round(risk.category_score, 6),
        "entity_score": round(risk.entity_score, 6),
        "level": risk.level.value,
    }
