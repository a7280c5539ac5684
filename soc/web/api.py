"""The base of the JSON API under ``/api/v1``: schemas, lists, items, its OpenAPI document.

A room's API is an APIFlask ``APIBlueprint`` that it names among its blueprints; its views carry
``@requires`` like pages. Schemas refuse unknown fields, so that no server-owned field is altered.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apiflask import APIBlueprint, APIFlask, Schema
from apiflask.fields import Dict, Integer, List, String
from apiflask.schema_adapters.marshmallow import parser
from apiflask.validators import Length, Range
from flask import Request
from marshmallow import RAISE
from sqlalchemy import Select, func, select

from soc.errors import InputError
from soc.tiers.scope import in_scope, shared_with
from soc.web.context import current_actor, current_session
from soc.yaml_text import Bounds, refuse_strange

PREFIX = "/api/v1"
MOST_ITEMS = 500
#: JSON may say NUL, half a character and no number at all; no store keeps them. What has none of these is not gone through
_SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|NaN|Infinity")
_BOUNDS = Bounds(depth=1000, values=5_000_000)


class ApiSchema(Schema):
    """What comes in: a field nobody declared is refused."""

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE


class ListArgs(ApiSchema):
    """How much of a list is wanted; a room's schema adds its filters."""

    limit = Integer(load_default=100, validate=Range(min=1, max=MOST_ITEMS))
    next = String(load_default="", validate=Length(max=400))


class Listing(Schema):
    """What a list looks like; ``total`` counts only what the caller may see."""

    items = List(Dict())
    total = Integer()
    next = String(allow_none=True)


def api_blueprint(name: str, module: str, tag: str) -> APIBlueprint:
    """Return a blueprint mounted under ``/api/v1``."""
    return APIBlueprint(f"api_{name}", module, url_prefix=PREFIX, tag=tag)


def listing(items: Sequence[Mapping[str, Any]], total: int, after: str | None) -> dict[str, Any]:
    """Return ``{"items", "total", "next"}``."""
    return {"items": list(items), "total": total, "next": after}


def item(row: Any, **fields: Any) -> dict[str, Any]:
    """Return an item's JSON: ``id``, ``org``, ``shared_with`` and the fields given."""
    session, actor = current_session(), current_actor()
    shared = shared_with(session, row)
    if not in_scope(session, actor, row.org):
        shared = [org for org in shared if org == actor.org]  # who else sees it is not theirs to know
    return {"id": str(row.id), "org": row.org, "shared_with": shared, **fields}


def list_of(query: Select[Any], shape: Callable[[Any], Mapping[str, Any]], args: Mapping[str, Any]) -> dict[str, Any]:
    """Return one page of a scoped query; ``next`` is the offset to go on from, as text.

    Raises:
        InputError: ``next`` is not one that a page gave.
    """
    offset = _offset(str(args.get("next") or ""))
    limit = int(args.get("limit") or 100)
    session = current_session()
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.scalars(query.limit(limit).offset(offset)).all()
    after = str(offset + len(rows)) if offset + len(rows) < total and rows else None
    return listing([shape(row) for row in rows], total, after)


def _offset(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise InputError("errors.api_next")
    return int(text)


def _load_json(request: Request, schema: Any) -> Any:
    """Read the body, for which the JSON reader's own depth is a limit of ours too."""
    try:
        body = parser.load_json(request, schema)
    except RecursionError as error:
        raise InputError("errors.api_nested") from error
    if _SUSPECT.search(request.get_data()):
        refuse_strange(body, _BOUNDS)
    return body


def install_api(app: APIFlask) -> None:
    """Set up the OpenAPI document: bearer tokens, one list of areas, no outside links."""
    # the parser would let unknown arguments of the query pass
    parser.DEFAULT_UNKNOWN_BY_LOCATION = {**parser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE, "querystring": RAISE}
    parser.location_loader("json")(_load_json)
    app.config["AUTO_404_RESPONSE"] = False
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["SERVERS"] = [{"url": "/"}]
    app.config["DESCRIPTION"] = "Every call carries `Authorization: Bearer TOKEN`; scopes are `<area>.read|write`."
    app.security_schemes = {"bearer": {"type": "http", "scheme": "bearer"}}

    @app.spec_processor
    def _only_the_api(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        assert isinstance(spec, dict)
        spec["paths"] = {path: told for path, told in spec.get("paths", {}).items() if path.startswith(PREFIX)}
        spec["security"] = [{"bearer": []}]
        return spec
