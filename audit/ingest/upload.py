"""A log file brought by hand, on the page of ingest: durable before the answer, as every batch is."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from audit.ingest.formats import Format, ParseOptions, find_format
from audit.ingest.guess import guess_format
from audit.ingest.own_formats import formats_within
from audit.ingest.pipeline import spool_of
from audit.ingest.receivers import unpacked_body
from audit.ingest.register import Incoming, accept
from soc.errors import InputError
from soc.web.context import abandon, current_actor, current_database, current_session, current_settings
from soc.web.csrf import FIELD
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("log_upload", __name__, url_prefix="/ingest")
_GZIP = b"\x1f\x8b"


class UploadError(InputError):
    """No file came, or one whose format is not recognised."""


@bp.post("/upload")
@requires("ingest.write")
def upload() -> ResponseReturnValue:
    """Take an uploaded file in for one's own organisation."""
    if set(request.form) - {"format", FIELD}:
        raise InputError("web.form.unknown_field")
    given, actor, settings = request.files.get("file"), current_actor(), current_settings()
    if given is None or not given.filename:
        raise UploadError("ingest.upload.no_file")
    raw = given.read()
    body = unpacked_body(raw, "gzip" if raw.startswith(_GZIP) else None, settings.ingest_limit)
    options = ParseOptions(timezone=settings.timezone)
    with formats_within(current_session(), actor.org):
        log_format = _format_of(request.form.get("format", ""), body, options)
    batch = Incoming(
        org=actor.org,
        format=log_format.name,
        body=body,
        origin=_origin(given.filename),
        options=options,
    )
    # the register commits by itself, before the answer: the request's own transaction would stand in its way
    abandon()
    receipt = accept(current_database(), spool_of(settings), batch, lambda _session: actor)
    counts = {"accepted": receipt.accepted, "quarantined": receipt.quarantined, "duplicates": receipt.duplicates}
    toast("ingest.upload.done", "good" if receipt.accepted or receipt.duplicates else "bad", **counts)
    return redirect(url_for("ingest.index"))


def _format_of(name: str, body: bytes, options: ParseOptions) -> Format:
    found = find_format(name) if name else guess_format(body, options)
    if found is None:
        raise UploadError("ingest.upload.not_recognised")
    return found


def _origin(filename: str) -> str:
    """The file's own name, without whatever folder or control character the browser sent along."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:120] or "upload"
