"""Real senders of ``_bulk``: opensearch-py, rsyslog, syslog-ng and curl, to a real server."""

import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from opensearchpy import OpenSearch, helpers
from sqlalchemy import func, select
from werkzeug.serving import make_server

from audit.ingest.models import IngestBatch
from soc.identity.actors import operator_actor
from soc.identity.tokens import create_token
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.receive.at_port import until
from tests.audit.ingest.receive.senders import rsyslog, syslog_ng
from tests.browsing import app  # noqa: F401 - a fixture

LINES = [f"grant {number} given 许可已发放" for number in range(300)]
DOOR = "/api/v1/opensearch"


@pytest.fixture
def address(app: APIFlask) -> Iterator[str]:  # noqa: F811
    """Where the application answers: host and port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def token(at_work: Installation) -> str:
    with at_work.database.write() as session:
        return create_token(session, operator_actor(session), "440000", ("logs.write",)).token


def durable(at_work: Installation) -> int:
    with at_work.database.read() as session:
        return session.scalar(select(func.coalesce(func.sum(IngestBatch.accepted), 0))) or 0


def stored(at_work: Installation) -> Counter[str]:
    at_work.work()
    return Counter(row["message"].strip() for row in at_work.stored("message"))


def test_the_clients_helper_sends_twice_and_all_is_stored_once(at_work: Installation, address: str, token: str) -> None:
    client = OpenSearch(f"http://{address}{DOOR}", http_auth=("sender", token), http_compress=True)
    assert client.info()["version"]["distribution"] == "opensearch"

    def actions(kind: str) -> Iterator[dict[str, object]]:
        for number, line in enumerate(LINES):
            document = {"@timestamp": "2026-11-22T02:00:00Z", "message": line}
            yield {"_op_type": kind, "_index": "permits", "_id": str(number), "_source": document}

    assert helpers.bulk(client, actions("create"), chunk_size=100) == (300, [])
    done, errors = helpers.bulk(client, actions("create"), chunk_size=70, raise_on_error=False)
    assert (done, {one["create"]["status"] for one in errors}) == (0, {409})
    assert helpers.bulk(client, actions("index"), chunk_size=90) == (300, [])
    assert stored(at_work) == Counter(LINES)


def test_rsyslog_sends_documents(at_work: Installation, address: str, token: str, tmp_path: Path) -> None:
    action = (
        f'module(load="omelasticsearch") action(type="omelasticsearch" server="http://{address}{DOOR}" '
        f'bulkmode="on" searchIndex="permits" searchType="" uid="sender" pwd="{token}" template="document" '
        'queue.type="LinkedList" queue.dequeueBatchSize="100" action.resumeRetryCount="-1")'
    )
    # a module is loaded beside the rules, not within them
    load, action = action.split(" ", 1)
    with rsyslog(tmp_path, LINES, action, before=load):
        until(lambda: durable(at_work) >= len(LINES))
    assert stored(at_work) == Counter(LINES)


def test_syslog_ng_sends_documents(at_work: Installation, address: str, token: str, tmp_path: Path) -> None:
    destination = (
        f'http(url("http://{address}{DOOR}/_bulk") method("POST") user("sender") password("{token}") '
        'headers("Content-Type: application/x-ndjson") batch-lines(50) batch-timeout(200) body-suffix("\\n") '
        'body("{\\"create\\":{\\"_index\\":\\"permits\\"}}\\n$(format-json @timestamp=$ISODATE message=$MSG host=$HOST)"));'
    )
    with syslog_ng(tmp_path, LINES, destination):
        until(lambda: durable(at_work) >= len(LINES))
    assert stored(at_work) == Counter(LINES)


def test_curl_sends_documents(at_work: Installation, address: str, token: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl, which is not there")
    body = tmp_path / "body"
    body.write_text('{"create":{"_index":"permits"}}\n{"@timestamp":"2026-11-22T02:00:00Z","message":"one"}\n')
    told = ["curl", "-sS", "-u", f"sender:{token}", "--data-binary", f"@{body}", f"http://{address}{DOOR}/_bulk"]
    answer = subprocess.run(told, check=True, capture_output=True, text=True)
    assert '"status":201' in answer.stdout
    assert stored(at_work) == Counter(["one"])
