"""Every call that the API's own document describes, with values made up from it: none breaks the server."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from soc.web.api import PREFIX
from tests.browsing import Api

DOCUMENT = f"{PREFIX}/openapi.json"
_CHANGING = {"post", "put", "patch"}
_EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_no_call_breaks_the_server(app: APIFlask, api: Api, mode: GenerationMode) -> None:
    bearer = {"Authorization": str(api("read", "write").environ_base["HTTP_AUTHORIZATION"])}
    told = [one for operation in _operations(app) for one in _called(operation, mode, bearer)]
    assert sum(not one.startswith("401") for one in told) > 20  # it also leaves the token out
    assert [one for one in told if one.startswith("5")] == []


def _called(operation: Any, mode: GenerationMode, bearer: dict[str, str]) -> list[str]:
    """Call one operation with what can be made up for it; return what each call got."""
    told: list[str] = []

    @_EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        answer = case.call(headers=bearer)
        told.append(
            f"{answer.status_code} {case.method} {case.formatted_path} {case.query} {case.body!r:.200}: {answer.text:.300}"
        )

    try:
        call()
    except Unsatisfiable:
        return []  # nothing invalid can be made up where nothing is asked for
    return told


def test_no_call_takes_a_field_or_an_argument_nobody_declared(app: APIFlask, api: Api) -> None:
    client, document = api("read", "write"), api("read").get(DOCUMENT).get_json()
    taken = []
    for path, method, told in _described(document):
        url = path.replace("{format_name}", "nginx")
        for one in (one for one in told.get("parameters", []) if one["in"] == "path"):
            is_number = one["schema"].get("type") == "integer"
            url = url.replace("{" + one["name"] + "}", "1" if is_number else "019ab000-0000-7000-8000-000000000000")
        if method == "get" and any(one["in"] == "query" for one in told.get("parameters", [])):
            answer = client.get(url, query_string={"colour": "red"})
        elif method in _CHANGING and "application/json" in told.get("requestBody", {}).get("content", {}):
            answer = client.open(url, method=method.upper(), json={"org": "440300", "id": "1", "colour": "red"})
        else:
            continue
        taken += [] if answer.status_code == 422 else [f"{method} {url}: {answer.status_code}"]
    assert taken == []


def _operations(app: APIFlask) -> Iterator[Any]:
    schema: Any = schemathesis.openapi.from_wsgi(DOCUMENT, app)
    for found in schema.get_all_operations():
        yield found.ok()


def _described(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if isinstance(told, dict):
                yield path, method, told
