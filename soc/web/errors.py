"""Errors become responses here and nowhere else: a page, a toast for htmx, problem JSON for the API.

A text says what happened, what was kept and what to do. What lies outside the caller's scope
is 404 with the same text as what never existed.
"""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from soc.errors import InputError, SocError, UnauthenticatedError
from soc.text import Message, UnknownMessageError, t
from soc.web.arrival import PasswordDueError, is_api

_log = logging.getLogger(__name__)
#: statuses with words of their own; every other is shown as its class's
WORDED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})
_TITLED = WORDED - {401, 405, 415}
_RETRY_SECONDS = {429: "60", 503: "10"}


def install_errors(app: Flask) -> None:
    """Register the handlers; the API framework's own errors take the same form."""
    app.register_error_handler(SocError, _soc_error)
    app.register_error_handler(HTTPError, _api_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def text_of(error: SocError) -> str:
    """Return the words of an error in the reader's language; its class's words where it has none."""
    try:
        return Message(error.key, error.params).render()
    except (UnknownMessageError, LookupError):
        _log.exception("an error without words", extra={"key": error.key})
        return t(f"errors.status.{worded(error.status)}")


def worded(status: int) -> int:
    """Return the status whose words fit ``status``."""
    return status if status in WORDED else 400 if status < 500 else 500


def titled(status: int) -> int:
    """Return the status whose title fits ``status``."""
    return status if status in _TITLED else 400 if status < 500 else 500


def _soc_error(error: SocError) -> ResponseReturnValue:
    g.refused = True
    if isinstance(error, UnauthenticatedError) and not is_api():
        return _to_the_door(error)
    details = error.texts() if isinstance(error, InputError) else {}
    return _respond(error.status, text_of(error), details)


def _to_the_door(error: UnauthenticatedError) -> ResponseReturnValue:
    """Send a person to sign in, or to change the password, and back afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    page = "account.password" if isinstance(error, PasswordDueError) else "login.form"
    target = url_for(page, next=here) if here != "/" else url_for(page)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _api_error(error: HTTPError) -> ResponseReturnValue:
    g.refused = True
    status = int(error.status_code)
    return _respond(status, t(f"errors.status.{worded(status)}"), _flat(error.detail))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    g.refused = True
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return _respond(status, t(f"errors.status.{worded(status)}"), {}, dict(error.get_headers()))


def _unforeseen(error: Exception) -> ResponseReturnValue:
    """Say that something broke; the log has the trace, the page its number, nobody the data."""
    g.refused = True
    if isinstance(error, SocError):
        return _soc_error(error)
    _log.exception("unforeseen", extra={"request_id": g.get("request_id", "-")})
    return _respond(500, t("errors.status.500"), {})


def _respond(status: int, text: str, details: dict[str, str], headers: dict[str, str] | None = None) -> Response:
    response = _problem(status, text, details) if is_api() else _page(status, text, details)
    response.status_code = status
    if status in _RETRY_SECONDS:
        response.headers["Retry-After"] = _RETRY_SECONDS[status]
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if headers and "Allow" in headers:
        response.headers["Allow"] = headers["Allow"]
    return response


def _problem(status: int, text: str, details: dict[str, str]) -> Response:
    """Return problem JSON (RFC 9457)."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": text}
    if details:
        body["errors"] = [{"field": name, "message": words} for name, words in details.items()]
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response


def _page(status: int, text: str, details: dict[str, str]) -> Response:
    if request.headers.get("HX-Request"):
        words = "\n".join([text, *(f"{name}: {problem}" for name, problem in details.items())])
        return Response(words, status, {"X-Toast": quote(words)}, mimetype="text/plain")
    template = "errors/inside.html" if g.get("person") else "errors/outside.html"
    told = {"status": status, "title": t(f"errors.title.{titled(status)}"), "text": text, "details": details}
    return Response(render_template(template, number=g.get("request_id", "-"), **told))


def _flat(detail: object, prefix: str = "") -> dict[str, str]:
    """Return the framework's nested validation messages as {path: words}."""
    if isinstance(detail, dict):
        flat: dict[str, str] = {}
        for name, inner in detail.items():
            path = prefix if name in {"json", "query", "form", "_schema"} else f"{prefix}.{name}".strip(".")
            flat |= _flat(inner, path)
        return flat
    if isinstance(detail, list | tuple):
        return {prefix or "-": "; ".join(map(str, detail))}
    return {prefix or "-": str(detail)} if detail else {}
