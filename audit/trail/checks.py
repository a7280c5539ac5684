"""What ``soc check`` and ``/metrics`` say of the trail and of the algorithms in use."""

import stat
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.trail.log import LogBrokenError, MerkleLog
from audit.trail.witness import kept_cosignatures
from config.settings import Settings
from soc.clock import now
from soc.crypto.algorithms import Standing, in_use
from soc.db import Database
from soc.room import CheckFinding
from soc.text import Message
from soc.trail import TrailEntry
from soc.trail.acknowledged import read_marks

Sample = tuple[str, str, dict[str, str], float]


def check_trail(database: Database, settings: Settings) -> list[CheckFinding]:
    """Tell whether the log fits its checkpoint, and whether anybody outside witnessed it."""
    log = MerkleLog.of(settings)
    try:
        checkpoint = log.checkpoint()
        if checkpoint is not None and log.root(checkpoint.size) != checkpoint.root:
            return [CheckFinding("bad", "trail.check_bad")]
    except (LogBrokenError, LookupError):
        return [CheckFinding("bad", "trail.check_bad")]
    witnessed = any(one.ok for one in kept_cosignatures(log, checkpoint))
    outside = ("ok", "trail.check_witnessed") if witnessed else ("note", "trail.check_witness")
    size = 0 if checkpoint is None else checkpoint.size
    return [CheckFinding("ok", "trail.check_ok", {"size": size}), CheckFinding(*outside)]


def check_crypto(database: Database, settings: Settings) -> list[CheckFinding]:
    """Name every algorithm in use with what for: Chinese commercial ciphers, others, weak ones; and the keys' rights."""
    return [*(one for standing in Standing for one in _named(standing)), _keys_folder(settings)]


def collect(session: Session, settings: Settings) -> list[Sample]:
    """Return the figures of the trail for ``/metrics``."""
    log = MerkleLog.of(settings)
    entries = session.scalar(select(func.count()).select_from(TrailEntry)) or 0
    oldest = min((mark.id for mark in read_marks(log.folder)), default=None)
    waited = 0.0 if oldest is None else _age(session, oldest)
    return [
        ("trail_entries", "Entries of the trail", {}, float(entries)),
        ("trail_integration_lag_seconds", "Age of the oldest entry that is not in the log", {}, waited),
    ]


def _age(session: Session, row: int) -> float:
    at = session.scalar(select(TrailEntry.at).where(TrailEntry.id == row))
    return 0.0 if at is None else max(0.0, (now() - datetime.fromisoformat(at)).total_seconds())


def _named(standing: Standing) -> Iterator[CheckFinding]:
    """One line for each algorithm of a standing."""
    # what is foreign or weak is a note, no fault: the standards behind it leave no choice, or nothing secret hangs on it
    level = "ok" if standing is Standing.NATIONAL else "note"
    uses: dict[str, list[Message]] = {}
    for use in in_use(standing):
        uses.setdefault(use.algorithm, []).append(Message(use.why))
    for algorithm, why in uses.items():
        yield CheckFinding(level, f"crypto.check_{standing}", {"algorithm": algorithm, "uses": why})


def _keys_folder(settings: Settings) -> CheckFinding:
    folder = settings.home / "keys"
    mode = stat.S_IMODE(folder.stat().st_mode) if folder.exists() else 0o700
    if mode & 0o077:
        return CheckFinding("weak", "crypto.check_keys_open", {"mode": f"{mode:04o}"})
    return CheckFinding("ok", "crypto.check_keys_ok")
