"""What stands around a record: a syslog head, or anything before a product's payload."""

import re

import polars as pl

from audit.ingest.formats.columnar import TEXT
from audit.ingest.formats.declaration import Declaration

#: RFC 5424 and 3164 around a message
ENVELOPE = (
    r"(?s)^(?:<(?P<syslog_priority>\d{1,3})>)?(?:1 (?P<syslog_at>\S+) (?P<syslog_host>\S+) (?P<syslog_program>\S+) "
    r'(?P<syslog_pid>\S+) \S+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\x{FEFF})?|'
    r"(?P<old_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) (?P<old_host>\S*) "
    r"(?:(?P<old_program>[^\s:\[]+)(?:\[(?P<old_pid>[^\]]+)\])?|(?P<app_program>[^\s:\[][^:\[]*)\[(?P<app_pid>\d+)\](?: \([^)]*\))?): ?|"
    # RFC 3164 calls the tag no must
    r"(?P<bare_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d) (?:(?P<bare_host>\w[\w.\-]*) )?)(?P<text>.*)$"
)
_ENVELOPE_NAMES = re.compile("^(?:old|app|bare)_")
#: what may stand before a payload: time, zone, host, program
_HEAD = re.compile(
    r"(?P<syslog_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\s:]*(?::\d\d)?)"
    r"(?: (?P<syslog_zone>[A-Z]{3,4})(?=[: ]))?:?(?: (?P<syslog_host>[\w.\-]+))?(?: ?:)?"
    r"(?: (?P<syslog_program>[^\s:\[]+)(?:\[(?P<syslog_pid>\d+)\])?:)?"
)


def unwrapped(records: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return ``text`` and ``envelope`` of each record."""
    if told.payload:
        payload = re.compile(told.payload)
        texts = [_parted(raw, payload) for raw in records["raw"]]
        return pl.DataFrame(texts, schema={"text": pl.String, "envelope": pl.Object}, orient="row")
    bare = told.reader == "json" and records["raw"].str.starts_with("{").all()
    if bare or not (told.syslog or told.reader == "json") or not records.height:
        return records.select(pl.col("raw").alias("text"), pl.lit(None).alias("envelope"))
    parts = records.select(pl.col("raw").str.extract_groups(ENVELOPE).alias("parts"))["parts"].to_list()
    rows = [_of_envelope(one, raw) for one, raw in zip(parts, records["raw"], strict=True)]
    return pl.DataFrame(rows, schema={"text": pl.String, "envelope": pl.Object}, orient="row")


def texts_of(records: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return the text inside and a column a part of the envelope."""
    if told.payload:
        parted = unwrapped(records, told)
        envelope = pl.DataFrame(
            [one or {} for one in parted["envelope"]], schema=dict.fromkeys(_HEAD.groupindex, pl.String)
        )
        return pl.concat([parted.select(pl.col("text").alias(TEXT)), envelope], how="horizontal")
    if not told.syslog:
        return records.select(pl.col("raw").alias(TEXT))
    parts = records.select("raw", pl.col("raw").str.extract_groups(ENVELOPE).alias("p")).unnest("p")
    names = dict.fromkeys(_ENVELOPE_NAMES.sub("syslog_", name) for name in parts.columns if name not in ("raw", "text"))
    same = {name: [one for one in parts.columns if _ENVELOPE_NAMES.sub("syslog_", one) == name] for name in names}
    return parts.select(
        pl.coalesce("text", "raw").alias(TEXT),
        *(
            pl.coalesce(pl.when(pl.col(one) != "").then(one) for one in places).alias(name)
            for name, places in same.items()
        ),
    )


def _of_envelope(parts: dict[str, str | None], raw: str) -> tuple[str, dict[str, str]]:
    if parts["text"] is None:
        return raw, {}
    found = {_ENVELOPE_NAMES.sub("syslog_", name): text for name, text in parts.items() if text and name != "text"}
    return parts["text"], found


def _parted(raw: str, payload: re.Pattern[str]) -> tuple[str | None, dict[str, str]]:
    found = payload.search(raw)
    if found is None:
        return None, {}
    head = _HEAD.search(raw[: found.start()]) if found.start() else None
    return raw[found.start() :], {name: text for name, text in head.groupdict().items() if text} if head else {}
