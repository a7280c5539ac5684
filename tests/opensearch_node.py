"""The test OpenSearch node, asked as its owner would."""

import http.client
import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

OPENSEARCH = os.environ.get("SOC_TEST_OPENSEARCH_URL", "")


def ask(method: str, path: str, body: object = None, *, lines: Sequence[object] | None = None) -> dict[str, Any]:
    """Talk to the node as its owner."""
    parts = urlsplit(OPENSEARCH)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    content = None if body is None else json.dumps(body).encode()
    if lines is not None:
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    connection.request(method, path, content, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told: dict[str, Any] = json.loads(answer.read() or b"{}")
    connection.close()
    assert answer.status < 300, told
    return told
