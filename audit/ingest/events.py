"""Parsed records of a batch as events: identity from the batch and their place in it."""

import hashlib

import polars as pl

from audit.ingest.frame import completed, good
from audit.ingest.models import IngestBatch

_UID_BYTES = 16


def batch_uid(batch: IngestBatch) -> str:
    """Return the batch's identifier in the log store: the same however often it is worked on."""
    named = "\x00".join((batch.org, batch.format, batch.key)).encode()
    return hashlib.sha256(named).hexdigest()[: 2 * _UID_BYTES]


def to_events(parsed: pl.DataFrame, batch: IngestBatch) -> pl.DataFrame:
    """Return the readable records with everything their batch says of them; extras stay columns."""
    uid = batch_uid(batch)
    return completed(good(parsed), batch.format).with_columns(
        pl.format("{}-{}", pl.lit(uid), pl.col("line")).alias("metadata.uid"),
        pl.lit(uid).alias("guanlan.batch"),
        pl.col("line").alias("guanlan.position"),
        pl.lit(batch.org).alias("guanlan.org"),
        pl.lit(batch.received_at).cast(pl.Datetime("us", "UTC")).alias("metadata.logged_time"),
    )
