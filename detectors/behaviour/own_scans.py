"""Guanlan's own scans read every table: they are told from a theft by the ledger's record of the scan.

The application's name alone proves nothing, anybody can set it: the time must lie within a scan that this
installation itself ran.
"""

from datetime import timedelta

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.ledger.models import ScanRun

#: what the scanner calls itself in the server's log
APPLICATION = "guanlan-scan"
_MARGIN = timedelta(minutes=2)


def without_own_scans(session: Session, frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out what our scanner read while a scan ran."""
    ours = pl.col("actor.app_name") == APPLICATION
    if frame.filter(ours).is_empty():
        return frame
    runs = session.execute(select(ScanRun.started_at, ScanRun.finished_at)).all()
    during = pl.any_horizontal(
        [pl.lit(value=False), *(pl.col("time").is_between(start - _MARGIN, end + _MARGIN) for start, end in runs)]
    )
    return frame.filter(~(ours & during).fill_null(value=False))
