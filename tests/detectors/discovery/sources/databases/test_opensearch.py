"""OpenSearch: mappings as columns, documents drawn by a seed, over TLS with a password, and nothing but reading."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.database import open_database
from detectors.discovery.sources.databases.found import Form, FoundColumn
from detectors.discovery.sources.databases.opensearch_catalogue import form_of
from detectors.discovery.sources.databases.opensearch_documents import flattened
from detectors.discovery.sources.databases.opensearch_http import NotReadingError
from tests.detectors.discovery.sources.databases.servers import OPENSEARCH, read, rows_of, table_of
from tests.detectors.made import Maker
from tests.opensearch_node import ask

needs_server = [
    pytest.mark.opensearch,
    pytest.mark.skipif(not OPENSEARCH, reason="needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set"),
]


def server(function: Any) -> Any:
    """Mark a test that needs the real node."""
    for mark in needs_server:
        function = mark(function)
    return function


def fill(index: str, documents: Sequence[Mapping[str, Any]]) -> None:
    lines: list[object] = []
    for number, document in enumerate(documents):
        lines += [{"create": {"_id": str(number)}}, document]
    told = ask("POST", f"/{index}/_bulk?refresh=true", lines=lines)
    assert not told["errors"], told["items"][0]


@pytest.fixture
def index() -> Iterator[str]:
    """The name of an index of our own."""
    name = f"source-{uuid4().hex[:10]}"
    yield name
    ask("DELETE", f"/{name}*?expand_wildcards=all&ignore_unavailable=true")


def url_of(index: str) -> str:
    return f"opensearch://{urlsplit(OPENSEARCH or '').netloc}/{index}"


MAPPING = {
    "properties": {
        "name": {"type": "keyword", "meta": {"description": "姓名"}},
        "note": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "at": {"properties": {"city": {"type": "keyword"}, "point": {"type": "geo_point"}}},
        "phones": {"type": "keyword"},
        "kin": {"type": "nested", "properties": {"name": {"type": "keyword"}, "age": {"type": "integer"}}},
        "photo": {"type": "binary"},
        "alias": {"type": "alias", "path": "name"},
    }
}
DOCUMENTS: list[dict[str, Any]] = [
    {
        "name": "张三",
        "note": "x" * 5000,
        "at": {"city": "广州", "point": {"lon": 113.2, "lat": 23.1}},
        "phones": ["13800000001", "13800000002"],
        "kin": [{"name": "李四", "age": 7}, {"name": "王五", "age": 9}],
        "photo": "AAECAwQFBgcI",
    },
    {"name": None, "note": "短", "phones": "13800000003"},
]


@server
def test_a_mapping_is_columns_and_documents_are_rows_with_nested_fields_dotted(index: str) -> None:
    ask("PUT", f"/{index}", {"mappings": MAPPING})
    fill(index, DOCUMENTS)
    with open_database(url_of(index)) as opened:
        table = table_of(opened, index)
        reading, (frame,) = read(table)
    assert reading.columns == ("at.city", "at.point", "kin.age", "kin.name", "name", "note", "phones", "photo")
    assert (table.kind, table.comments["name"], table.types["kin.age"]) == (Kind.INDEX, "姓名", "integer")
    first, second = frame.rows()
    assert first == ("广州", '{"lon":113.2,"lat":23.1}', "7", "李四", "张三", "x" * 4096, "13800000001", None)
    assert second == (None, None, None, None, None, "短", "13800000003", None)
    assert (reading.rows, reading.coverage.cut, reading.coverage.binary) == (2, {"note"}, {"photo": 9})


@server
def test_a_full_reading_gives_every_value_of_a_list_and_counts_documents(index: str) -> None:
    ask("PUT", f"/{index}", {"mappings": MAPPING})
    fill(index, DOCUMENTS)
    with open_database(url_of(index)) as opened:
        reading, frames = read(table_of(opened, index), Sampling(full=True))
    rows = [row for frame in frames for row in frame.rows()]
    assert {row[6] for row in rows} - {None} == {"13800000001", "13800000002", "13800000003"}
    assert {row[3] for row in rows} - {None} == {"李四", "王五"}
    assert reading.rows == 2


@server
def test_what_documents_hold_beyond_a_closed_mapping_is_read_too(index: str) -> None:
    ask("PUT", f"/{index}", {"mappings": {"dynamic": False, "properties": {"a": {"type": "keyword"}}}})
    fill(index, [{"a": "x", "b": {"c": "13800000001"}}])
    with open_database(url_of(index)) as opened:
        reading, (frame,) = read(table_of(opened, index))
    assert reading.columns == ("a", "_unmapped")
    assert frame.rows() == [("x", '{"b.c":"13800000001"}')] or "13800000001" in (frame.rows()[0][1] or "")


@server
def test_samples_repeat_with_their_seed_and_have_the_first_and_the_last_document(index: str) -> None:
    ask("PUT", f"/{index}", {"settings": {"number_of_shards": 2}})
    fill(index, [{"n": number, "s": "x" * 50} for number in range(6000)])
    with open_database(url_of(index)) as opened:
        table = table_of(opened, index)
        first, again, other = (rows_of(table, Sampling(seed=seed, most=0)) for seed in (1, 1, 2))
        reading, frames = read(table, Sampling(rows=3000, first=500, most=0))
    assert first == again
    assert first != other
    numbers = [int(value) for value in frames[0]["n"].to_list()]
    assert {0, 5999} <= set(numbers)
    assert all(any(start <= one < start + 1000 for one in numbers) for start in range(0, 6000, 1000))
    assert (reading.rows, reading.coverage.method, frames[1].height) == (6000, Method.SPREAD, 2500)


@server
def test_a_full_reading_scrolls_through_every_document_and_leaves_no_scroll_behind(index: str) -> None:
    fill(index, [{"n": number} for number in range(4321)])
    with open_database(url_of(index)) as opened:
        reading, frames = read(table_of(opened, index), Sampling(full=True))
    assert sorted(int(value) for frame in frames for value in frame["n"].to_list()) == list(range(4321))
    assert (reading.rows, reading.coverage.method) == (4321, Method.WHOLE)
    stats = ask("GET", f"/{index}/_stats/search")["indices"][index]["total"]["search"]
    assert (stats["scroll_total"], stats["scroll_current"]) == (1, 0)


@server
def test_a_data_stream_is_one_table_of_all_its_indices(index: str) -> None:
    ask("PUT", f"/_index_template/{index}", {"index_patterns": [index], "data_stream": {}, "priority": 900})
    try:
        lines: list[object] = [{"create": {}}, {"@timestamp": "2024-01-01T00:00:00Z", "s": "old"}]
        ask("POST", f"/{index}/_bulk?refresh=true", lines=lines)
        ask("POST", f"/{index}/_rollover")
        lines = [{"create": {}}, {"@timestamp": "2024-02-01T00:00:00Z", "s": "new"}]
        ask("POST", f"/{index}/_bulk?refresh=true", lines=lines)
        with open_database(url_of(index)) as opened:
            tables = [table for table in opened.tables() if index in table.name]
            assert [table.name for table in tables] == [index]
            assert {row[tables[0].read(Sampling()).columns.index("s")] for row in rows_of(tables[0])} == {"old", "new"}
            assert len(rows_of(tables[0], Sampling(full=True))) == 2
    finally:
        ask("DELETE", f"/_data_stream/{index}")
        ask("DELETE", f"/_index_template/{index}")


@server
def test_the_state_of_an_index_changes_with_every_write_and_with_nothing_else(index: str) -> None:
    fill(index, [{"a": "x"}])

    def state() -> object:
        with open_database(url_of(index)) as opened:
            return table_of(opened, index).state

    first = state()
    with open_database(url_of(index)) as opened:
        rows_of(table_of(opened, index))
    assert state() == first
    ask("POST", f"/{index}/_update/0?refresh=true", {"doc": {"a": "y"}})
    assert state() != first


@server
def test_an_index_that_keeps_no_documents_is_read_by_its_fields_and_those_without_a_store_are_named(index: str) -> None:
    properties = {"a": {"type": "keyword"}, "b": {"type": "text"}}
    ask("PUT", f"/{index}", {"mappings": {"_source": {"enabled": False}, "properties": properties}})
    fill(index, [{"a": "x", "b": "y"}])
    with open_database(url_of(index)) as opened:
        reading, (frame,) = read(table_of(opened, index))
    assert frame.rows() == [("x",)]
    assert list(reading.coverage.unread) == ["b"]


@server
def test_a_session_can_ask_for_nothing_but_reading(index: str) -> None:
    fill(index, [{"a": "x"}])
    with open_database(url_of(index)) as opened:
        session: Any = opened.family.connect()
        for method, path in (
            ("POST", f"/{index}/_doc"),
            ("DELETE", f"/{index}"),
            ("PUT", f"/{index}/_settings"),
            ("POST", f"/{index}/_delete_by_query"),
            ("POST", "/_bulk"),
            ("GET", f"/{index}/../_cluster/settings"),
        ):
            with pytest.raises(NotReadingError):
                session._asked(method, path, {}, {})
        opened.family.close(session)


@server
def test_an_index_that_is_gone_is_skipped_and_the_others_are_read(index: str) -> None:
    fill(f"{index}-a", [{"a": "x"}])
    fill(f"{index}-b", [{"a": "y"}])

    def remove(name: str) -> None:
        if name.endswith("-a"):
            ask("DELETE", f"/{index}-a")

    result = scan([url_of(f"{index}*")], Orders(progress=remove))
    assert [table.name for table in result.tables] == [f"{index}-b"]
    assert [one.path for one in result.skipped] == [f"{index}-a"]


@server
def test_people_are_found_by_a_scan_of_an_index(index: str) -> None:
    maker = Maker()
    fill(index, [{"f1": maker.resident_id(), "more": {"f2": maker.mobile()}} for _ in range(300)])
    (table,) = scan([url_of(index)], Orders()).tables
    assert [(one.name, one.type) for one in table.columns] == [("f1", "resident_id"), ("more.f2", "mobile")]


class Front:
    """TLS and a password in front of the node."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "ca.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.authority, folder / "key.pem")
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(client, server_side=True) as secured:
            parts = urlsplit(OPENSEARCH or "")
            with socket.create_connection((parts.hostname or "", parts.port or 0)) as upstream:
                while request := secured.recv(65_536):
                    if b"Basic dTpzM2NyZXQ=" not in request and request.split(b" ", 1)[0] in {b"GET", b"POST"}:
                        secured.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                        continue
                    upstream.sendall(request)
                    upstream.settimeout(0.5)
                    with suppress(TimeoutError):
                        while data := upstream.recv(65_536):
                            secured.sendall(data)

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """TLS and a password in front of the node."""
    made = Front(tmp_path)
    yield made
    made.close()


@server
def test_a_cluster_behind_tls_and_a_password_is_read_by_the_authority_that_is_named(index: str, front: Front) -> None:
    fill(index, [{"a": "x"}])
    url = f"opensearch+https://u:s3cret@localhost:{front.port}/{index}?ssl_ca={front.authority}"
    with open_database(url) as opened:
        assert rows_of(table_of(opened, index)) == [("x",)]


@server
def test_a_certificate_of_nobody_we_know_and_a_wrong_password_are_refused(front: Front) -> None:
    unknown = f"opensearch+https://u:s3cret@localhost:{front.port}/"
    with open_database(unknown) as opened, pytest.raises(SourceUnreachableError, match="unreachable"):
        opened.tables()
    wrong = f"opensearch+https://u:wrong@localhost:{front.port}/?ssl_ca={front.authority}"
    with open_database(wrong) as opened, pytest.raises(SourceUnreachableError) as refused:
        opened.tables()
    assert refused.value.key == "errors.source.password"
    assert "wrong" not in str(refused.value)


def columns(*names: str) -> list[FoundColumn]:
    return [FoundColumn(name, "keyword") for name in names]


def test_of_a_list_another_value_stands_for_it_in_each_document() -> None:
    hits: list[dict[str, Any]] = [
        {"_source": {"a": ["x", "y"]}},
        {"_source": {"a": ["x", "y"]}},
        {"_source": {"a": []}},
    ]
    assert flattened(hits, columns("a"), every=False).rows() == [("x",), ("y",), (None,)]


def test_a_full_reading_gives_lists_within_lists_a_row_for_each_value() -> None:
    hits: list[dict[str, Any]] = [{"_source": {"k": [{"a": "1"}, {"a": "2"}], "b": "z", "ok": True}}]
    assert flattened(hits, columns("k.a", "b", "ok"), every=True).rows() == [("1", "z", "true"), ("2", None, None)]


def test_a_field_whose_name_has_a_dot_is_the_same_as_one_in_an_object() -> None:
    hits: list[dict[str, Any]] = [{"_source": {"a.b": "x"}}, {"_source": {"a": {"b": "y"}}}, {}]
    assert flattened(hits, columns("a.b"), every=False).rows() == [("x",), ("y",), (None,)]


def test_types_are_fetched_by_their_form() -> None:
    assert [form_of(one) for one in ("binary", "long", "text")] == [Form.BYTES, Form.SHORT, Form.LONG]
