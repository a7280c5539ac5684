"""Documents over ``_bulk``, as senders send and read the answers."""

import errno
import gzip
import os
from base64 import b64encode
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from audit.ingest.models import IngestBatch
from soc.identity.actors import operator_actor
from soc.identity.tokens import create_token
from tests.audit.ingest.at_work import AT, Installation
from tests.browsing import Api, api, app, client  # noqa: F401 - fixtures

ROOT = "/api/v1/opensearch"
URL = f"{ROOT}/_bulk"


def document(number: int, **more: Any) -> dict[str, Any]:
    return {"@timestamp": "2026-11-22T02:00:00Z", "message": f"permit {number} read", "host": {"name": "gate-7"}} | more


def body(*documents: Any, action: str = "create", **told: Any) -> bytes:
    lines = (orjson.dumps({action: {"_index": "logs", **told}}) + b"\n" + orjson.dumps(one) for one in documents)
    return b"".join(line + b"\n" for line in lines)


def with_ids(*pairs: tuple[str, dict[str, Any]], action: str = "create") -> bytes:
    return b"".join(body(one, action=action, _id=item_id) for item_id, one in pairs)


def durable(at_work: Installation) -> int:
    """Return how many batches are registered."""
    with at_work.database.read() as session:
        return session.scalar(select(func.count()).select_from(IngestBatch)) or 0


def asked(client: FlaskClient, path: str) -> Any:  # noqa: F811
    """Return the document at a path below the door."""
    return client.get(f"{ROOT}/{path}").json


def statuses(answer: Any) -> list[int]:
    return [next(iter(item.values()))["status"] for item in answer.json["items"]]


@pytest.fixture
def sender(api: Api) -> Any:  # noqa: F811
    return api("logs.write", org="440100")


def test_documents_of_shippers_are_searchable_for_the_tokens_organisation(sender: Any, at_work: Installation) -> None:
    answer = sender.post(URL, data=body(document(1), document(2)))
    assert (answer.status_code, answer.json["errors"], statuses(answer)) == (200, False, [201, 201])
    at_work.work()
    rows = at_work.stored("message", "guanlan.org", "dst_endpoint.hostname", "metadata.log_name")
    assert [(row["message"], row["guanlan.org"], row["dst_endpoint.hostname"]) for row in rows] == [
        ("permit 1 read", "440100", "gate-7"),
        ("permit 2 read", "440100", "gate-7"),
    ]


def test_a_line_within_a_document_is_read_as_the_log_it_comes_from(sender: Any, at_work: Installation) -> None:
    lines = [f'10.0.0.{n} - - {AT} "GET /{n} HTTP/1.1" 200 5 "-" "x"' for n in range(1, 4)]
    answer = sender.post(f"{ROOT}/nginx-2026/_bulk", data=body(*({"@timestamp": 1, "log": line} for line in lines)))
    assert statuses(answer) == [201] * 3
    at_work.work()
    rows = at_work.stored("http_request.url.path", "metadata.log_name")
    assert [(row["http_request.url.path"], row["metadata.log_name"]) for row in rows] == [
        (f"/{n}", "nginx") for n in range(1, 4)
    ]


def test_a_pipeline_names_the_format(sender: Any, at_work: Installation) -> None:
    line = f'10.0.0.1 - - {AT} "GET /a HTTP/1.1" 200 5 "-" "x"'
    data = body({"message": line}) + body({"message": "no such line"}) + body({"message": line}, pipeline="nginks")
    answer = sender.post(f"{URL}?pipeline=nginx", data=data)
    assert statuses(answer) == [201, 400, 400]
    assert "nginx" in answer.json["items"][2]["create"]["error"]["reason"]
    at_work.work()
    assert len(at_work.stored()) == 1


def test_ocsf_events_are_taken_as_they_are(sender: Any, at_work: Installation) -> None:
    event = {"class_uid": 4002, "activity_id": 3, "time": 1795312800000, "message": "as it came"}
    assert statuses(sender.post(URL, data=body(event))) == [201]
    at_work.work()
    assert [row["class_uid"] for row in at_work.stored("class_uid")] == [4002]


def test_items_are_answered_in_their_order_with_what_became_of_each(sender: Any, at_work: Installation) -> None:
    data = (
        body(document(1))
        + b'{"delete":{"_index":"logs","_id":"1"}}\n'
        + body(document(2), action="update", _id="1")
        + b'{"create":{"_index":"logs"}}\n{half\n'
        + body({"no": "time"})
        + body(document(3), action="index")
    )
    answer = sender.post(URL, data=data)
    assert answer.json["errors"] is True
    assert [next(iter(item)) for item in answer.json["items"]] == [
        *("create", "delete", "update", "create", "create", "index"),
    ]
    assert statuses(answer) == [201, 400, 400, 400, 400, 201]
    assert all(one["error"]["reason"] for item in answer.json["items"] for one in item.values() if "error" in one)
    at_work.work()
    assert [row["message"] for row in at_work.stored("message")] == ["permit 1 read", "permit 3 read"]


def test_a_document_sent_again_under_its_id_is_stored_once(sender: Any, at_work: Installation) -> None:
    first, again = with_ids(("a", document(1)), ("b", document(2))), with_ids(("b", document(2)), ("c", document(3)))
    assert statuses(sender.post(URL, data=first)) == [201, 201]
    assert statuses(sender.post(URL, data=again)) == [409, 201]
    assert statuses(sender.post(URL, data=with_ids(("a", document(9)), action="index"))) == [200]
    assert statuses(sender.post(URL, data=with_ids(("d", document(4)), ("d", document(4))))) == [201, 409]
    at_work.work()
    assert sorted(row["message"] for row in at_work.stored("message")) == [f"permit {n} read" for n in range(1, 5)]


def test_equal_documents_under_two_ids_are_two_events(sender: Any, at_work: Installation) -> None:
    assert statuses(sender.post(URL, data=with_ids(("a", document(1))))) == [201]
    assert statuses(sender.post(URL, data=with_ids(("b", document(1))))) == [201]
    at_work.work()
    assert len(at_work.stored()) == 2


def test_ids_of_one_organisation_say_nothing_to_another(api: Api, at_work: Installation) -> None:  # noqa: F811
    for org in ("440100", "440300"):
        assert statuses(api("logs.write", org=org).post(URL, data=with_ids(("a", document(1))))) == [201]
    at_work.work()
    assert {row["guanlan.org"] for row in at_work.stored("guanlan.org")} == {"440100", "440300"}


def test_a_request_sent_again_without_ids_is_stored_once(sender: Any, at_work: Installation) -> None:
    for _ in range(2):
        assert statuses(sender.post(URL, data=body(document(1), document(2)))) == [201, 201]
    at_work.work()
    assert len(at_work.stored()) == 2


def test_a_packed_body_is_unpacked(sender: Any, at_work: Installation) -> None:
    answer = sender.post(URL, data=gzip.compress(body(document(1))), headers={"Content-Encoding": "gzip"})
    assert statuses(answer) == [201]


@pytest.mark.parametrize(
    "data", [b"hello\n", b"[1]\n", b'{"create":1}\n{}\n', b'{"create":{}}', b'{"a":{},"b":{}}\n', b'{"drop":{}}\n{}\n']
)
def test_a_body_that_is_no_bulk_is_refused_whole(sender: Any, at_work: Installation, data: bytes) -> None:
    answer = sender.post(f"{ROOT}/logs/_bulk", data=body(document(1)) + data)
    assert answer.status_code == 400
    at_work.work()
    assert at_work.stored() == []


def test_a_full_disk_is_answered_so_that_the_sender_keeps_its_data(
    sender: Any, at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.post(URL, data=body(document(0)))

    def refuse(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("audit.ingest.spool.os.fsync", refuse)
        answer = sender.post(URL, data=body(document(1)))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
    assert statuses(sender.post(URL, data=body(document(1)))) == [201]


def test_items_whose_batch_cannot_be_stored_are_to_be_sent_again_and_the_others_are_not(
    sender: Any, at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f'10.0.0.1 - - {AT} "GET /a HTTP/1.1" 200 5 "-" "x"'
    data = body({"message": line}, pipeline="nginx") + body(document(1), pipeline="shipper_json")
    real = os.fsync

    def fill_after_the_first(fd: int) -> None:
        if durable(at_work):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(fd)

    with monkeypatch.context() as full:
        full.setattr("audit.ingest.spool.os.fsync", fill_after_the_first)
        answer = sender.post(URL, data=data)
    assert (answer.status_code, statuses(answer)) == (200, [201, 429])
    assert statuses(sender.post(URL, data=body(document(1), pipeline="shipper_json"))) == [201]
    at_work.work()
    assert len(at_work.stored()) == 2


@pytest.mark.parametrize("form", ["Bearer {0}", "Basic {1}", "ApiKey {1}", "ApiKey {0}"])
def test_a_token_is_shown_as_senders_can(client: FlaskClient, at_work: Installation, form: str) -> None:  # noqa: F811
    with at_work.database.write() as session:
        token = create_token(session, operator_actor(session), "440000", ("logs.write",)).token
    shown = form.format(token, b64encode(f"anybody:{token}".encode()).decode())
    assert client.get(f"{ROOT}/", headers={"Authorization": shown}).status_code == 200
    assert statuses(client.post(URL, data=body(document(1)), headers={"Authorization": shown})) == [201]
    if not form.startswith("Bearer"):  # the rest of the API takes bearer tokens alone
        assert client.post("/api/v1/logs/ocsf", data=b"{}", headers={"Authorization": shown}).status_code == 401


@pytest.mark.parametrize("shown", ["", "Basic !!!", "Basic eA==", "ApiKey gl_wrong", "Bearer gl_wrong"])
def test_a_wrong_token_is_not_heard(client: FlaskClient, at_work: Installation, shown: str) -> None:  # noqa: F811
    answer = client.post(URL, data=body(document(1)), headers={"Authorization": shown})
    assert answer.status_code == 401
    at_work.work()
    assert at_work.stored() == []


def test_a_token_that_may_only_read_is_refused(api: Api, at_work: Installation) -> None:  # noqa: F811
    assert api("logs.read").post(URL, data=body(document(1))).status_code == 403


def test_what_senders_ask_first_is_answered_as_it_is(sender: Any) -> None:
    assert asked(sender, "")["version"]["distribution"] == "opensearch"
    assert sender.head(f"{ROOT}/").status_code == 200
    assert asked(sender, "_cluster/health")["status"] == "green"
    for absent in ("_index_template/logs", "_template/logs", "_ilm/policy/logs", "_alias/logs"):
        assert sender.head(f"{ROOT}/{absent}").status_code == 404
        assert sender.put(f"{ROOT}/{absent}", data=b"{}").status_code == 400
    for never in ("_license", "_xpack", "logs/_search", "_nodes/http"):
        assert sender.get(f"{ROOT}/{never}").status_code == 400
