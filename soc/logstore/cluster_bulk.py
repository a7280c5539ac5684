"""Events to the cluster in bulk: encoded by column, each refused item tried again by itself.

``helpers.bulk`` of the client encodes event by event and retries nothing; here a frame becomes
lines in one go, an item that the cluster is too busy for (429, 503) is sent again with growing
pauses, and one that it has already (409) is a duplicate.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from soc.logstore.errors import StoreUnavailableError
from soc.logstore.fields import FIELDS, Kind
from soc.ocsf.schema import EVENT_SCHEMA

LINES_OF_A_REQUEST = 4_000
BYTES_OF_A_REQUEST = 8 * 1024 * 1024
PAUSES = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0)
_BUSY = frozenset({429, 502, 503, 504})
_INSTANTS = tuple(field.name for field in FIELDS.values() if field.kind is Kind.INSTANT)


@dataclass(frozen=True, slots=True)
class Item:
    """What the cluster says of one event."""

    status: int
    reason: str


Send = Callable[[bytes], list[Item]]


def encoded(frame: pl.DataFrame) -> list[bytes]:
    """Return each event as its two lines; columns without any value are left out."""
    used = [name for name in EVENT_SCHEMA.names if frame[name].null_count() < frame.height]
    stamped = pl.col("time").dt.timestamp("ms").alias("@timestamp")
    instants = [pl.col(name).dt.timestamp("us") for name in _INSTANTS if name in used]
    whole = frame.select(stamped, *used).with_columns(*instants)
    heads = frame.select(pl.struct(pl.col("metadata.uid").alias("_id")).struct.json_encode().alias("head"))["head"]
    bodies = whole.select(pl.struct(pl.all()).struct.json_encode().alias("body"))["body"]
    lines = pl.select(pl.concat_str(pl.lit('{"create":'), heads, pl.lit("}\n"), bodies, pl.lit("\n")))
    return [line.encode() for line in lines.to_series()]


def brought(frame: pl.DataFrame, send: Send) -> list[bool]:
    """Encode and send events; return of each whether it was new.

    A request's events are encoded while the cluster is at the request before: each waits for the other otherwise.

    Raises:
        StoreUnavailableError: the cluster stays busy, or refuses an event.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="encode") as beside:
        slices = frame.iter_slices(LINES_OF_A_REQUEST)
        coming = beside.submit(_next_encoded, slices)
        new: list[bool] = []
        while lines := coming.result():
            coming = beside.submit(_next_encoded, slices)
            new += sent(lines, send)
        return new


def _next_encoded(slices: Iterator[pl.DataFrame]) -> list[bytes]:
    """Return the next slice's events; none at the end."""
    frame = next(slices, None)
    return [] if frame is None else encoded(frame)


def sent(lines: list[bytes], send: Send) -> list[bool]:
    """Send lines until each is stored; return of each whether it was new.

    Raises:
        StoreUnavailableError: the cluster stays busy, or refuses an event.
    """
    return [new for request in _requests(lines) for new in _settled(request, send)]


def _requests(lines: list[bytes]) -> Iterator[list[bytes]]:
    request: list[bytes] = []
    size = 0
    for line in lines:
        if request and (size + len(line) > BYTES_OF_A_REQUEST or len(request) >= LINES_OF_A_REQUEST):
            yield request
            request, size = [], 0
        request.append(line)
        size += len(line)
    if request:
        yield request


def _settled(lines: list[bytes], send: Send) -> list[bool]:
    new, left = [False] * len(lines), list(range(len(lines)))
    for pause in (*PAUSES, None):
        items = send(b"".join(lines[place] for place in left))
        _refuse(items)
        for place, item in zip(left, items, strict=True):
            new[place] = item.status == 201
        left = [place for place, item in zip(left, items, strict=True) if item.status in _BUSY]
        if not left:
            return new
        if pause is not None:
            time.sleep(pause)
    raise StoreUnavailableError("errors.logstore.full", count=len(left))


def _refuse(items: list[Item]) -> None:
    for item in items:
        if item.status not in _BUSY and item.status not in (200, 201, 409):
            raise StoreUnavailableError("errors.logstore.refused", status=item.status, reason=item.reason[:200])
