"""``POST /api/v1/logs/{format}``: answers when the batch is durable, and not before."""

import gzip
import io
import zlib

from apiflask import Schema
from apiflask.fields import Integer
from flask import request
from flask.typing import ResponseReturnValue

from audit.ingest.formats import ParseOptions, find_format
from audit.ingest.own_formats import formats_within
from audit.ingest.pipeline import spool_of
from audit.ingest.receive.heard import Ear
from audit.ingest.register import Incoming, accept
from soc.errors import InputError, LimitError
from soc.web.api import api_blueprint
from soc.web.context import abandon, current_actor, current_database, current_session, current_settings
from soc.web.guard import requires

bp = api_blueprint("ingest", __name__, tag="logs")
_MIB = 1 << 20
_STEP = 1 << 18
_ear = Ear()


class BodyTooLargeError(LimitError):
    """The batch is larger, unpacked, than one call may bring."""

    status = 413


class BodyBrokenError(InputError):
    """The body is not what its Content-Encoding says."""


class ReceiptSchema(Schema):
    """What became of the batch."""

    accepted = Integer(metadata={"description": "records taken in, durable"})
    duplicates = Integer(metadata={"description": "records of a batch that was sent before"})
    quarantined = Integer(metadata={"description": "records that cannot be read, kept aside with the reason"})


@bp.post("/logs/<string:format_name>")
@requires("logs.write")
@bp.output(ReceiptSchema)
@bp.doc(
    summary="Send a batch of log lines",
    description="Lines or NDJSON, plain or gzip (Content-Encoding). The batch is named by Idempotency-Key, "
    "else by its SHA-256; sent again it is counted in duplicates.",
    responses=[401, 403, 404, 409, 413, 422, 503],
)
def receive(format_name: str) -> ResponseReturnValue:
    """Take a batch in for the token's organisation."""
    actor = current_actor()
    with formats_within(current_session(), actor.org):
        log_format = find_format(format_name)
    settings = current_settings()
    batch = Incoming(
        org=actor.org,
        format=log_format.name,
        body=unpacked_body(request.get_data(cache=False), request.content_encoding, settings.ingest_limit),
        origin="http",
        key=request.headers.get("Idempotency-Key"),
        options=ParseOptions(timezone=settings.timezone),
    )
    # the register commits by itself, before the answer: the request's own transaction would stand in its way
    abandon()
    receipt = accept(current_database(), spool_of(settings), batch, lambda _session: actor)
    _ear.hear(current_database(), actor.org, "http", [actor.name])
    return receipt.as_json()


def unpacked_body(body: bytes, encoding: str | None, limit: int) -> bytes:
    """Return the decoded body.

    Raises:
        BodyTooLargeError: it is longer than ``limit`` bytes, known before all of it is unpacked.
        BodyBrokenError: an unknown encoding, or no valid gzip.
    """
    if encoding in {None, "", "identity"}:
        plain = body
    elif encoding in {"gzip", "x-gzip"}:
        plain = _gunzipped(body, limit)
    else:
        raise BodyBrokenError("ingest.error.encoding", encoding=str(encoding)[:40])
    if len(plain) > limit:
        raise BodyTooLargeError("ingest.error.too_large", limit=limit // _MIB)
    return plain


def _gunzipped(body: bytes, limit: int) -> bytes:
    plain = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            while more := packed.read(_STEP):
                plain += more
                if len(plain) > limit:
                    raise BodyTooLargeError("ingest.error.too_large", limit=limit // _MIB)
    except (OSError, EOFError, zlib.error) as error:
        raise BodyBrokenError("ingest.error.unpack") from error
    return bytes(plain)
