"""The ingest stage: whoever looked a watched subject up is told of, at once and once a day."""

from collections.abc import Iterator, Mapping

import polars as pl

from detectors.findings import MOST_NAMED_EVENTS, EntityKind, FindingKind, NewFinding, RiskPart, raise_findings
from detectors.sigma.findings import ENTITY, NAME
from detectors.watched.models import WatchedSubject
from detectors.watched.service import tokens_watched
from soc.clock import now
from soc.exposure import NOT_KNOWN
from soc.identity.actors import job_actor
from soc.logstore.lucene import term
from soc.room import BatchContext
from soc.text import Message

FIELD = "guanlan.subjects"
SCORE = 70
_FIELDS: Mapping[str, str] = {
    EntityKind.PERSON: "guanlan.person", EntityKind.ACCOUNT: "actor.user.name", EntityKind.ADDRESS: "src_endpoint.ip",
}  # fmt: skip
_ACTOR = "watched"


def run(context: BatchContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Raise a finding for each watched subject, entity and day of a batch; the frame passes unchanged."""
    if frame[FIELD].null_count() == frame.height:
        return frame
    with context.database.read() as session:
        watched = tokens_watched(session, context.settings, context.org, now())
        found = list(_findings(frame, watched, str(context.settings.timezone))) if watched else []
    if found:
        with context.database.write() as session:
            raise_findings(session, job_actor(session, _ACTOR), found)
    return frame


def _findings(frame: pl.DataFrame, watched: Mapping[str, WatchedSubject], zone: str) -> Iterator[NewFinding]:
    hits = frame.select(
        pl.col("metadata.uid").alias("uid"), pl.col("guanlan.org").alias("org"), "time", FIELD,
        pl.col("guanlan.level").alias("level"), pl.col("guanlan.business").is_not_null().alias("business"),
        ENTITY.alias("kind"), NAME.alias("name"), pl.col("time").dt.convert_time_zone(zone).dt.date().alias("day"),
    ).explode(FIELD).filter(pl.col(FIELD).is_in(list(watched)))  # fmt: skip
    grouped = hits.group_by(FIELD, "org", "kind", "name", "day", maintain_order=True).agg(
        "uid", pl.len().alias("times"), pl.col("business").sum(), pl.col("level").max(),
        pl.col("time").min().alias("first"), pl.col("time").max().alias("last"),
    )  # fmt: skip
    for row in grouped.iter_rows(named=True):
        yield _finding(row, watched[row[FIELD]])


def _finding(row: Mapping[str, object], watch: WatchedSubject) -> NewFinding:
    kind, name, token = EntityKind(str(row["kind"])), str(row["name"]), str(row[FIELD])
    figures = {"times": row["times"], "business": row["business"]}
    query = f"{term(FIELD, token)} AND {term(_FIELDS[kind], name)}"
    uids = row["uid"]
    assert isinstance(uids, list)
    return NewFinding(
        # of the organisation that watches: those below need not learn whom it watches
        org=watch.org,
        kind=FindingKind.RULE,
        entity_kind=kind,
        entity_name=name,
        title=Message("watched.looked_up", {"who": name, "label": watch.label}),
        reasons=[
            Message("watched.reason.times", figures),
            Message("watched.reason.watch", {"token": watch.token, "owner": watch.owner}),
        ],
        parts=[RiskPart(Message("watched.part"), SCORE, query)],
        score=SCORE,
        level=str(row["level"] or ""),
        rows=NOT_KNOWN,
        persons=NOT_KNOWN,
        events=uids[:MOST_NAMED_EVENTS],
        first_at=row["first"],  # type: ignore[arg-type]
        last_at=row["last"],  # type: ignore[arg-type]
        dedup_key=f"watched/{watch.id}/{kind.value}/{name}/{row['day']}",
    )
