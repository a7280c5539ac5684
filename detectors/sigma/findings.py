"""Findings from rule hits: one a rule, entity and hour, however many events hit.

A known account is named as the habits name it, at its person's organisation: then what the rules and
the habits say of one evening is one alert.

A rule alone says that something happened, not that it is unusual for this person: its score
stays below that of a behaviour that is both unusual and heavy.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import select

from detectors.behaviour.charged import THROUGH, charged
from detectors.behaviour.facts import EntityKey
from detectors.behaviour.reasons import asked_reasons
from detectors.behaviour.store import account_keys
from detectors.findings import (
    MOST_NAMED_EVENTS,
    MOST_TABLES,
    EntityKind,
    FindingKind,
    NewFinding,
    RiskPart,
    raise_findings,
)
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import own_rules
from detectors.sigma.own.windows import windows_of
from soc.exposure import NOT_KNOWN, Basis, Figure
from soc.identity.actors import job_actor
from soc.logstore.lucene import term
from soc.text import Message

if TYPE_CHECKING:
    from soc.room import BatchContext

#: points of a rule by its level
LEVEL_POINTS = {"informational": 5, "low": 15, "medium": 30, "high": 45, "critical": 60}
#: points of the gravest level of data touched, by its rank
DATA_POINTS = {3: 5, 4: 10, 5: 15, 6: 20}
#: tables that a reason names
_SAID_TABLES = 5
ENTITY = (
    pl.when(pl.col("guanlan.person").is_not_null())
    .then(pl.lit(EntityKind.PERSON.value))
    .when(pl.col("actor.user.name").is_not_null())
    .then(pl.lit(EntityKind.ACCOUNT.value))
    .otherwise(pl.lit(EntityKind.ADDRESS.value))
)
_KEY = ("guanlan.org", "guanlan.rules", "entity_kind", "entity", "hour")
NAME = pl.coalesce("guanlan.person", "actor.user.name", "src_endpoint.ip", pl.lit("?"))


def raise_hits(context: "BatchContext", frame: pl.DataFrame) -> pl.DataFrame:
    """Raise a finding for each rule, entity and hour of a batch; the frame passes unchanged.

    Rules that only serve correlations raise nothing.
    """
    hits = frame.filter(pl.col("guanlan.rules").list.len() > 0)
    if hits.is_empty():
        return frame
    quiet = windows_of(context.database, context.org).quiet
    with context.database.read() as session:
        accounts = account_keys(session, context.org)
    hits = charged(hits, accounts, context.settings.attribution_threshold)
    groups = [one for one in groups_of(hits) if one["guanlan.rules"] not in quiet]
    if not groups:
        return frame
    with context.database.write() as session:
        actor = job_actor(session, "rules")
        rows = session.scalars(select(DetectionRule).where(DetectionRule.rule_id.in_({one["rule"] for one in groups})))
        rules = {rule.rule_id: rule for rule in (*rows, *own_rules(context.database, context.org).rules)}
        told = [hit_of(rules[one["rule"]], as_known(one, accounts)) for one in groups if one["rule"] in rules]
        raise_findings(session, actor, told)
    return frame


def as_known(group: dict[str, Any], accounts: Mapping[str, EntityKey]) -> dict[str, Any]:
    """Name a known account as the habits do."""
    key = accounts.get(group["account"] or "")
    return group if key is None else {**group, "org": key.org, "entity_kind": key.kind, "entity": key.account}


def groups_of(hits: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Sum up tagged events by what is one finding: rule, entity and hour."""
    named = hits.explode("guanlan.rules").with_columns(
        ENTITY.alias("entity_kind"), NAME.alias("entity"), pl.col("time").dt.truncate("1h").alias("hour")
    )
    for row in summed(named, _KEY):
        yield {**row, "org": row["guanlan.org"], "rule": row["guanlan.rules"]}


def summed(named: pl.DataFrame, key: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Sum up what the events of each ``key`` did: how many, which, from when to when, which data, how many rows."""
    if THROUGH not in named.columns:
        named = named.with_columns(pl.lit(None, pl.String).alias(THROUGH))
    grouped = named.group_by(*key).agg(
        pl.col(THROUGH).drop_nulls().unique().sort(),
        pl.len().alias("events"),
        pl.col("actor.user.name").drop_nulls().first().alias("account"),
        pl.col("metadata.uid").head(MOST_NAMED_EVENTS).alias("uids"),
        pl.col("time").min().alias("first"),
        pl.col("time").max().alias("last"),
        pl.col("guanlan.level_rank").max().alias("rank"),
        pl.col("guanlan.level").max().alias("level"),
        pl.col("guanlan.rows").sum().alias("rows"),
        (pl.col("guanlan.rows_basis") == Basis.UNKNOWN.value).any().alias("unknown"),
        pl.col("guanlan.tables").list.explode().drop_nulls().unique().sort().head(MOST_TABLES).alias("tables"),
    )
    bounds = _bounds(named, key)
    for row in grouped.sort("first", *key).iter_rows(named=True):
        yield {**row, "bound": bounds.get(tuple(row[name] for name in key))}


def _bounds(named: pl.DataFrame, key: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """At most how many rows: a table read ten times still holds no more rows than it has."""
    once = named.group_by(*key, pl.col("guanlan.tables").cast(pl.List(pl.String)).list.join(",").alias("of")).agg(
        pl.col("guanlan.rows_bound").max()
    )
    total = once.group_by(*key).agg(pl.col("guanlan.rows_bound").sum())
    return {tuple(row[:-1]): int(row[-1] or 0) for row in total.iter_rows()}


def hit_of(rule: DetectionRule, group: dict[str, Any]) -> NewFinding:
    """Tell what one rule hit of one entity within an hour."""
    return finding_of(
        rule,
        group,
        parts=parts_of(rule, group, term("guanlan.rules", rule.rule_id)),
        reasons=list(_reasons(rule, group)),
        key=f"rule/{rule.rule_id}/{group['entity']}/{_hour(group['hour'])}",
        details={"tables": group["tables"]},
    )


def finding_of(
    rule: DetectionRule,
    group: dict[str, Any],
    *,
    parts: list[RiskPart],
    reasons: list[Message],
    key: str,
    details: dict[str, Any],
) -> NewFinding:
    """A rule's finding about a group of events: whose they are, what of graded data they touched, what speaks for it."""
    return NewFinding(
        org=group["org"],
        kind=FindingKind.RULE,
        entity_kind=EntityKind(group["entity_kind"]),
        entity_name=group["entity"],
        title=_title_of(rule, group),
        reasons=reasons,
        parts=parts,
        score=min(100, sum(part.value for part in parts)),
        level=group["level"] or "",
        rows=_rows_of(group),
        persons=NOT_KNOWN if group["rank"] else Figure(),
        events=group["uids"],
        first_at=group["first"],
        last_at=group["last"],
        dedup_key=key,
        rule_id=rule.rule_id,
        details=details,
    )


def _title_of(rule: DetectionRule, group: dict[str, Any]) -> Message:
    """Who did what."""
    return Message("rules.title", {"who": group["entity"], "rule": name_of(rule)})


def name_of(rule: DetectionRule) -> dict[str, str]:
    """A rule's title in both languages."""
    return {"zh": rule.title_zh or rule.title, "en": rule.title}


def parts_of(rule: DetectionRule, group: dict[str, Any], query: str) -> list[RiskPart]:
    """The parts of a score: how grave the rule is, and how grave the data; ``query`` finds the events."""
    found = [RiskPart(Message("rules.part_rule", {"level": rule.level}), LEVEL_POINTS.get(rule.level, 30), query)]
    points = DATA_POINTS.get(group["rank"] or 0)
    if points:
        found.append(RiskPart(Message("rules.part_data", {"level": group["level"]}), points, query))
    return found


def _reasons(rule: DetectionRule, group: dict[str, Any]) -> Iterator[Message]:
    yield Message("rules.reason_hits", {"count": group["events"], "rule": name_of(rule)})
    yield from reason_of_tables(group)
    yield from asked_reasons(dict.fromkeys(group[THROUGH], 0.0))


def reason_of_tables(group: dict[str, Any]) -> Iterator[Message]:
    """Which tables were touched, where the log says it."""
    if group["tables"]:
        yield Message(
            "rules.reason_tables", {"tables": list(group["tables"])[:_SAID_TABLES], "level": group["level"] or "-"}
        )


def _rows_of(group: dict[str, Any]) -> Figure:
    """How many rows came back: measured, or from what was counted to what the tables hold."""
    measured = group["rows"] or 0
    if not group["unknown"]:
        return Figure(measured, measured, Basis.MEASURED)
    return Figure(measured, measured + group["bound"] if group["bound"] else None, Basis.UNKNOWN)


def _hour(hour: datetime) -> str:
    return hour.strftime("%Y%m%d%H")
