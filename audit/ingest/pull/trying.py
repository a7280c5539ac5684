"""How the first documents or lines of a source would be read; nothing is stored, and nothing moves."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.guess import guess_format
from audit.ingest.own_formats import formats_of
from audit.ingest.printing import printed
from audit.ingest.pull import indices
from audit.ingest.pull.bucket import Wanted
from audit.ingest.pull.calling import Caller
from audit.ingest.pull.cluster import Cluster, Secret
from audit.ingest.pull.models import LogPull, PullKind
from audit.ingest.pull.s3 import Bucket, Keys, ObjectChangedError, ObjectDeniedError
from audit.ingest.pull.sealing import secret_of, trust_of
from audit.ingest.pull.shaping import by_shape
from audit.ingest.receive.sorting import AUTO
from config.settings import Settings
from soc.clock import now
from soc.db import Database

_MOST = 20
_BEGINNING = 64 << 10
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Tried:
    """One record: from where, as which format, and the JSON line that it would be (or that says what is wrong)."""

    origin: str
    format: str
    line: str

    @property
    def is_read(self) -> bool:
        """Whether it could be read."""
        return not self.line.startswith('{"error":')


def tried(database: Database, settings: Settings, pull: LogPull) -> list[Tried]:
    """Return how the first records of a source would be read, at most twenty.

    Raises:
        CallError: the source does not answer as it should.
    """
    with Caller(*trust_of(settings, pull)) as caller, formats_of(database, pull.org):
        found = _of_index if pull.kind is PullKind.OPENSEARCH else _of_bucket
        return list(found(caller, settings, pull))


def _of_index(caller: Caller, settings: Settings, pull: LogPull) -> Iterator[Tried]:
    wanted = indices.Wanted(**pull.options)
    cluster = Cluster(caller, Secret(**secret_of(settings, pull)))
    hits = cluster.first(pull.target, wanted.query(wanted.first), _MOST)
    for shape, held in by_shape(pull.org, pull.format, pull.field, hits).items():
        for hit in held:
            for line in _read(shape.format, shape.record(hit.document) + b"\n", settings):
                yield Tried(f"{hit.index}/{hit.id}", shape.format, line)


def _of_bucket(caller: Caller, settings: Settings, pull: LogPull) -> Iterator[Tried]:
    wanted = Wanted(**pull.options)
    store = Bucket(caller, Keys(**secret_of(settings, pull)), pull.target, wanted.region, now)
    for one in store.listed(wanted.prefix, "").objects:
        if one.key.endswith("/") or not one.size:
            continue
        try:
            text = _beginning(store.read(one, 0, _BEGINNING), whole=one.size <= _BEGINNING)
        except (ObjectChangedError, ObjectDeniedError, zlib.error):
            continue
        told = guess_format(text, ParseOptions()) if pull.format == AUTO else find_format(pull.format)
        if told is None:
            continue
        yield from (Tried(one.key, told.name, line) for line in _read(told.name, text, settings))
        return


def _beginning(data: bytes, *, whole: bool) -> bytes:
    """Unpack what is packed, as far as it goes, and end it with a line."""
    text = data
    if data.startswith(_GZIP):
        text = zlib.decompressobj(wbits=31).decompress(data, _BEGINNING)
        whole = whole and len(text) < _BEGINNING
    return text if whole or b"\n" not in text else text[: text.rfind(b"\n") + 1]


def _read(format_name: str, body: bytes, settings: Settings) -> list[str]:
    parsed = parse_bytes(find_format(format_name), body, ParseOptions(timezone=settings.timezone))
    return [line.decode() for line in printed(parsed.head(_MOST), format_name, "ocsf")]
