"""Lines that a container's runtime has wrapped: docker's JSON, and the lines of CRI (containerd, CRI-O).

What the container itself wrote is taken out and read in the inner format; the record stays the
lines as the runtime wrote them. Sources: docker's ``json-file`` driver; Kubernetes' CRI log format.
"""

import re

import orjson
import polars as pl

#: ``2026-11-22T10:00:00.123456789+08:00 stdout F text``; P is a part of a line, F its last
_CRI = r"(?s)^(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (?P<stream>stdout|stderr) (?P<tag>[FP])(?::\S*)? ?(?P<text>.*)$"
_BEGINS_CRI = re.compile(
    rb"\s*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP](?::\S*)? "
)
#: what docker writes; a document with more than that is a shipper's own
_KEYS = frozenset({"log", "stream", "time", "attrs"})
#: one line of a record: where a long text may be cut in two
LINE = re.compile(rb"\n(?=.)", re.DOTALL)
#: docker cuts lines at 16 KiB; escaped, they are longer
LONGEST_HEAD = 1 << 18
_Part = tuple[str | None, str | None, str | None, bool]
_PARTS = {"at": pl.String, "stream": pl.String, "text": pl.String, "whole": pl.Boolean}


def begins_wrapped(text: bytes) -> bool:
    """Say whether the text's first line is one that a runtime has wrapped."""
    first = text[:LONGEST_HEAD].lstrip().partition(b"\n")[0]
    if not first.startswith(b"{"):
        return _BEGINS_CRI.match(first) is not None
    try:
        told = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return bool({"log", "time"} <= told.keys() <= _KEYS)


def parted(lines: pl.DataFrame) -> pl.DataFrame:
    """Return ``line``, ``at``, ``stream`` and ``text`` of each line that the container wrote.

    A line that the runtime has cut into parts is one again; ``at`` is null for a line that nobody has wrapped.
    """
    filled = lines.filter(pl.col("raw").str.contains(r"\S"))
    first = filled["raw"].head(1).to_list()
    docker = bool(first) and first[0].lstrip().startswith("{")
    parts = _of_docker(filled) if docker else _of_cri(filled)
    if parts["whole"].all():
        return parts.drop("whole")
    return _joined(parts)


def inside(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that the container wrote, as it wrote them (``line``, ``raw``)."""
    return parted(lines).select("line", pl.col("text").alias("raw"))


def with_wrapping(parsed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Put the runtime's own lines back in the place of each record's text."""
    starts = parsed["line"].unique().sort()
    if not len(starts):
        return parsed
    number = starts.search_sorted(lines["line"], side="right").cast(pl.Int64) - 1
    held = lines.with_columns(number.alias("number")).filter((pl.col("number") >= 0) & (pl.col("raw") != ""))
    own = held.group_by("number", maintain_order=True).agg(pl.col("raw").str.join("\n"))
    names = own.select(starts.gather(own["number"]).alias("line"), pl.col("raw").alias("own"))
    found = parsed.join(names, on="line", how="left", maintain_order="left")
    return found.with_columns(pl.coalesce("own", "raw").alias("raw")).drop("own")


def _of_docker(filled: pl.DataFrame) -> pl.DataFrame:
    parts = pl.DataFrame([_docker(raw) for raw in filled["raw"]], schema=_PARTS, orient="row")
    return pl.concat([filled.select("line"), parts], how="horizontal")


def _docker(raw: str) -> _Part:
    try:
        told = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None, None, raw, True
    text = told.get("log") if isinstance(told, dict) else None
    if not isinstance(text, str) or not isinstance(told.get("time"), str):
        return None, None, raw, True
    return told["time"], str(told.get("stream", "")) or None, text.rstrip("\r\n"), text.endswith("\n")


def _of_cri(filled: pl.DataFrame) -> pl.DataFrame:
    found = filled.with_columns(pl.col("raw").str.extract_groups(_CRI).alias("p")).unnest("p")
    return found.select(
        "line", "at", "stream", pl.coalesce("text", "raw").alias("text"), pl.col("tag").ne_missing("P").alias("whole")
    )


def _joined(parts: pl.DataFrame) -> pl.DataFrame:
    """Join the parts of a line; the two streams may have been written in turns."""
    ended = pl.col("whole").shift(1, fill_value=True).over("stream")
    numbered = parts.with_columns(ended.cum_sum().over("stream").alias("number"))
    found = numbered.group_by("stream", "number", maintain_order=True).agg(
        pl.col("line").first(), pl.col("at").first(), pl.col("text").str.join("")
    )
    return found.select("line", "at", "stream", "text").sort("line")
