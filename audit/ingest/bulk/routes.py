"""``/api/v1/opensearch``: as much of OpenSearch's interface as senders of logs need, and no more.

Senders name a declared format as the ``pipeline`` (of the request or of an item). A document is
answered 201 only when it is durable. What this is not, it says: it has no templates, no policies,
no licence, and takes no updates and no deletions.
"""

import time
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from audit.ingest.bulk.reading import Item, read_bulk
from audit.ingest.bulk.service import BAD, CONFLICT, CREATED, KNOWN, LATER, Outcome, Taking
from audit.ingest.bulk.shapes import Shapes
from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import spool_of
from audit.ingest.receive.heard import Ear
from audit.ingest.receivers import unpacked_body
from soc.db import new_id
from soc.text import known, t
from soc.web.arrival import SHIPPERS
from soc.web.context import abandon, current_actor, current_database, current_settings
from soc.web.errors import text_of
from soc.web.guard import requires

bp = Blueprint("bulk", __name__, url_prefix=SHIPPERS)
#: the version whose ``_bulk`` this speaks
_SPEAKS = "3.0.0"
_TYPES = {
    BAD: "mapper_parsing_exception",
    CONFLICT: "version_conflict_engine_exception",
    LATER: "rejected_execution_exception",
}
_RESULTS = {CREATED: "created", KNOWN: "noop"}
#: what a sender may look for before it makes it
_PROBED = ("_index_template", "_component_template", "_template", "_ilm", "_plugins/_ism", "_alias", "_data_stream")
_shapes = Shapes()
_ear = Ear()


@bp.post("/_bulk")
@bp.put("/_bulk", endpoint="put_bulk")
@requires("logs.write")
def bulk() -> ResponseReturnValue:
    """Take documents whose index each names itself."""
    return _taken(None)


@bp.post("/<string:index>/_bulk")
@bp.put("/<string:index>/_bulk", endpoint="put_bulk_of")
@requires("logs.write")
def bulk_of(index: str) -> ResponseReturnValue:
    """Take documents of one index."""
    return _taken(index)


def _taken(index: str | None) -> ResponseReturnValue:
    began = time.monotonic()
    settings, actor = current_settings(), current_actor()
    body = unpacked_body(request.get_data(cache=False), request.content_encoding, settings.ingest_limit)
    items = read_bulk(body, index, request.args.get("pipeline"))
    # the register commits by itself, before the answer: the request's own transaction would stand in its way
    abandon()
    taking = Taking(
        current_database(),
        spool_of(settings),
        actor.org,
        "opensearch",
        ParseOptions(timezone=settings.timezone),
        lambda _session: actor,
        _shapes,
    )
    outcomes = taking.take(items)
    _ear.hear(current_database(), actor.org, "opensearch", [actor.name])
    answered = [_answer(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]
    errors = any(outcome.status >= BAD for outcome in outcomes)
    return _json({"took": int((time.monotonic() - began) * 1000), "errors": errors, "items": answered})


def _answer(item: Item, outcome: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = {"_index": item.index, "_id": item.id if item.id is not None else str(new_id())}
    said["status"] = outcome.status
    if outcome.status in _RESULTS:
        said |= {"result": _RESULTS[outcome.status], "_version": 1, "_seq_no": 0, "_primary_term": 1}
        said["_shards"] = {"total": 1, "successful": 1, "failed": 0}
    else:
        said["error"] = {"type": _TYPES[outcome.status], "reason": _reason(outcome)}
    return {item.action: said}


def _reason(outcome: Outcome) -> str:
    if outcome.error is not None:
        return text_of(outcome.error)
    why = t(outcome.why) if known(outcome.why) else outcome.why
    return why if outcome.why.startswith("bulk.") else t("bulk.why.kept", reason=why)


@bp.get("/", strict_slashes=False)
@requires("logs.write")
def root() -> ResponseReturnValue:
    """Say what this is: senders look before they send."""
    home = uuid5(NAMESPACE_OID, current_settings().root_org)
    return _json(
        {
            "name": "guanlan",
            "cluster_name": "guanlan",
            "cluster_uuid": home.hex[:22],
            "version": {
                "distribution": "opensearch",
                "number": _SPEAKS,
                "build_type": "guanlan",
                "minimum_wire_compatibility_version": "2.19.0",
                "minimum_index_compatibility_version": "2.0.0",
            },
            "tagline": "Guanlan takes _bulk",
        }
    )


@bp.get("/_cluster/health")
@requires("logs.write")
def health() -> ResponseReturnValue:
    """Say that documents are taken; /healthz of the installation says more."""
    return _json({"cluster_name": "guanlan", "status": "green", "timed_out": False, "number_of_nodes": 1})


@bp.get("/_cat/health")
@requires("logs.write")
def cat_health() -> ResponseReturnValue:
    """The same in one line of text."""
    return Response("guanlan green 1 1 0 0 0 0 0 0 - 100.0%\n", mimetype="text/plain")


@bp.route("/<path:rest>", methods=["GET", "PUT", "POST", "DELETE"])
@requires("logs.write")
def nothing(rest: str) -> ResponseReturnValue:
    """Answer whatever else is asked: what senders look for is not here, and nothing else is done."""
    looked = request.method in {"GET", "HEAD"} and rest.startswith(_PROBED)
    status = 404 if looked else 400
    kind = "resource_not_found_exception" if looked else "illegal_argument_exception"
    reason = t("bulk.nothing")
    return _json({"error": {"type": kind, "reason": reason, "root_cause": []}, "status": status}, status)


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(document), status, mimetype="application/json")
