"""A kind of document with versions under ``/api/v1``: what holds, its versions, a check, a proposal.

Nothing comes into force here: a proposal waits for a second person. A document comes as JSON (``document``) or as YAML
(``text``), never as both. ``org`` of the query is the caller's own organisation where it is not given.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from apiflask.fields import AwareDateTime, Dict, Integer, String
from apiflask.validators import Length, Range
from flask import Response
from flask.typing import ResponseReturnValue

from soc.errors import InputError
from soc.ledger.changes import plain
from soc.tiers.scope import narrowed, within
from soc.versions import service as versions
from soc.versions.documents import Document
from soc.versions.models import PolicyVersion
from soc.versions.service import Order
from soc.versions.values import told
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires
from soc.yaml_text import Written

_NUMBER = "<int:number>"
_LONGEST_TEXT = 2 << 20
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class OrgArgs(ApiSchema):
    """Whose document."""

    org = String(load_default="", validate=Length(max=40))


class VersionArgs(ListArgs, OrgArgs):
    """Whose versions."""


class DocumentBody(ApiSchema):
    """A document as JSON, or as YAML."""

    document = Dict(keys=String())
    text = String(validate=Length(max=_LONGEST_TEXT))


class Proposal(DocumentBody):
    """A document that should be in force: why, from when, and the version that it was made from.

    Without ``base`` it is the one in the first line of ``text``, else the one in force.
    """

    reason = String(required=True, validate=Length(1, 1000))
    base = Integer(allow_none=True, strict=True, validate=Range(0, 999_999_999))
    starts_at = AwareDateTime(allow_none=True, validate=Range(_EARLIEST, _LATEST))


def document_api(name: str, module: str, path: str, document: Document) -> APIBlueprint:
    """Make the routes of one kind of document below ``/api/v1/<path>``; reading and proposing ask for ``policies``."""
    bp = api_blueprint(name, module, "policies")
    _add_reading(bp, path, document)
    _add_versions(bp, path, document)
    _add_writing(bp, path, document)
    return bp


def _add_reading(bp: APIBlueprint, path: str, document: Document) -> None:
    @bp.get(f"/{path}")
    @bp.input(OrgArgs, location="query")
    @requires("policies.read")
    def held(query_data: dict[str, Any]) -> dict[str, Any]:
        """Return the document that holds for an organisation: its own, else the one from above."""
        session, org = current_session(), _org(query_data)
        active = versions.active(session, document.kind, org)
        body = document.ordered(document.held(session, org))
        at = plain(active.active_from) if active else None
        number, digest = (active.number, active.digest) if active else (None, None)
        return {"kind": document.kind, "org": org, "number": number, "digest": digest, "active_from": at} | {
            "document": body
        }

    @bp.get(f"/{path}.yaml")
    @bp.input(OrgArgs, location="query")
    @requires("policies.read")
    def text(query_data: dict[str, Any]) -> ResponseReturnValue:
        """Return the same as YAML: a file that can be changed and proposed."""
        return Response(document.text(current_session(), _org(query_data)), mimetype="application/yaml")


def _add_versions(bp: APIBlueprint, path: str, document: Document) -> None:
    @bp.get(f"/{path}/versions")
    @bp.input(VersionArgs, location="query")
    @bp.output(Listing)
    @requires("policies.read")
    def listed(query_data: dict[str, Any]) -> dict[str, Any]:
        """List the versions of the caller's organisation and those below, or of one, without their documents."""
        query = within(current_actor(), PolicyVersion).where(PolicyVersion.kind == document.kind)
        if query_data["org"]:
            query = query.where(PolicyVersion.org == _org(query_data))
        return list_of(query.order_by(PolicyVersion.org, PolicyVersion.number.desc()), shape, query_data)

    @bp.get(f"/{path}/versions/{_NUMBER}")
    @bp.input(OrgArgs, location="query")
    @requires("policies.read")
    def version(number: int, query_data: dict[str, Any]) -> dict[str, Any]:
        """Return one version with its document."""
        found = _version(document, number, query_data)
        return shape(found) | {"document": document.ordered(found.body)}

    @bp.get(f"/{path}/versions/{_NUMBER}/what-if")
    @bp.input(OrgArgs, location="query")
    @requires("policies.read")
    def effect(number: int, query_data: dict[str, Any]) -> dict[str, Any]:
        """Count what would change in the ledger if one version became active."""
        found = _version(document, number, query_data)
        return asdict(versions.what_if(current_session(), current_actor(), found))


def _add_writing(bp: APIBlueprint, path: str, document: Document) -> None:
    @bp.post(f"/{path}/check")
    @bp.input(OrgArgs, location="query")
    @bp.input(DocumentBody)
    @requires("policies.write")
    def check(query_data: dict[str, Any], json_data: dict[str, Any]) -> dict[str, Any]:
        """Say everything that is wrong with a document, each with its line; of a good one, what it would change."""
        session, org = current_session(), _org(query_data)
        written, _ = _read(document, json_data)
        problems = versions.faults(session, document.kind, org, written.body)
        effect = (
            versions.effect_of(session, current_actor(), document.kind, org, written.body) if not problems else None
        )
        return {"problems": told(problems, written.row), "what_if": asdict(effect) if effect else None}

    @bp.post(f"/{path}/versions")
    @bp.input(OrgArgs, location="query")
    @bp.input(Proposal)
    @requires("policies.write")
    def propose(query_data: dict[str, Any], json_data: dict[str, Any]) -> ResponseReturnValue:
        """Propose a document; a second person has to approve it."""
        session, actor, org = current_session(), current_actor(), _org(query_data)
        written, said = _read(document, json_data)
        document.refuse_faulty(session, org, written)
        base = json_data.get("base")
        order = Order(written.body, json_data["reason"], said if base is None else base, json_data.get("starts_at"))
        approval = document.submit(session, actor, org, order)
        found = versions.find_version(session, actor, document.kind, org, approval.payload["number"])
        return shape(found) | {"approval": str(approval.id)}, 201


def _org(query_data: dict[str, Any]) -> str:
    """The organisation asked for; outside the caller's scope there is none."""
    actor = current_actor()
    return narrowed(current_session(), actor, query_data["org"] or actor.org).org


def _version(document: Document, number: int, query_data: dict[str, Any]) -> PolicyVersion:
    return versions.find_version(current_session(), current_actor(), document.kind, _org(query_data), number)


def _read(document: Document, json_data: dict[str, Any]) -> tuple[Written, int | None]:
    if ("document" in json_data) == ("text" in json_data):
        raise InputError("errors.version_one_form")
    if "text" in json_data:
        return document.read(json_data["text"])
    return document.taken(json_data["document"]), None


def shape(found: PolicyVersion) -> dict[str, Any]:
    """Return a version's JSON without its document."""
    times = {name: plain(getattr(found, name)) for name in ("created_at", "active_from", "superseded_at")}
    return item(
        found,
        kind=found.kind,
        number=found.number,
        title=found.title,
        status=found.status.value,
        base=found.base_number,
        digest=found.digest,
        author=found.author_name,
        **times,
    )
