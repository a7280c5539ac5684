"""A real store's bucket to pull from."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from pyarrow.fs import S3FileSystem

from audit.ingest.pull.addressing import read_address
from audit.ingest.pull.bucket import Wanted
from audit.ingest.pull.models import PullKind
from audit.ingest.pull.service import Order, add_pull
from soc.db import Database
from soc.identity.actors import operator_actor
from tests.audit.ingest.pull.index import CITY

URL = os.environ.get("SOC_TEST_S3_URL", "")
Put = Callable[[str, bytes], None]


@contextmanager
def putting() -> Iterator[tuple[str, Put, Callable[[str], None]]]:
    """A prefix of one's own; yields it, what puts an object below it, and what takes one out."""
    parts, prefix = urlsplit(URL), f"t-{uuid4().hex[:12]}"
    store = S3FileSystem(
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        endpoint_override=parts.query.split("http://", 1)[1].split("&", 1)[0],
        scheme="http",
        region="us-east-1",
    )
    bucket = parts.netloc.rpartition("@")[2]

    def put(name: str, data: bytes) -> None:
        with store.open_output_stream(f"{bucket}/{prefix}/{name}", compression=None) as stream:
            stream.write(data)

    try:
        yield prefix, put, lambda name: store.delete_file(f"{bucket}/{prefix}/{name}")
    finally:
        store.delete_dir_contents(f"{bucket}/{prefix}", missing_dir_ok=True)


def endpoint() -> str:
    """The store's address."""
    return read_address(URL).address


def add(database: Database, prefix: str, **more: object) -> UUID:
    """Set a pull up."""
    at = read_address(URL)
    options = {name: more.pop(name) for name in ("ordered", "largest") if name in more}
    order: dict[str, object] = {
        "org": CITY, "name": f"pull {prefix}", "kind": PullKind.BUCKET, "address": at.address, "target": at.bucket,
        "wanted": Wanted(f"{prefix}/", **options), "format": "auto", "secret": at.secret,  # type: ignore[arg-type]
    }  # fmt: skip
    with database.write() as session:
        return add_pull(session, operator_actor(session), database.settings, Order(**order | more)).id  # type: ignore[arg-type]
