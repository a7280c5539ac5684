"""A source whose name server changes its answer is reached where it was judged, or not at all."""

import os
import socket
import threading
from collections.abc import Iterator

import pymysql
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.database import engine_of, open_database, reaching
from detectors.discovery.sources.guard import checked
from detectors.discovery.sources.pinning import pin
from tests.rebinding import METADATA, NAME, Resolver

POSTGRES = os.environ.get("SOC_TEST_POSTGRES_URL")
needs_postgres = pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")


def named_url() -> str:
    """The test server under a name that the C library's resolver has never heard of."""
    assert POSTGRES
    return make_url(POSTGRES).set(drivername="postgresql", host=NAME).render_as_string(hide_password=False)


@pytest.mark.postgres
@needs_postgres
def test_libpq_is_handed_the_address_that_was_judged(resolver: Resolver) -> None:
    with reaching(engine_of(named_url())) as connection:
        assert connection.exec_driver_sql("SELECT inet_server_addr() IS NOT NULL").scalar() is True


@pytest.mark.postgres
@needs_postgres
def test_a_name_that_turns_to_the_metadata_service_after_the_check_is_refused(resolver: Resolver) -> None:
    resolver.answers = ["127.0.0.1", METADATA]
    with open_database(named_url()) as opened, pytest.raises(SourceRefusedError, match="forbidden_address"):
        opened.tables()


@pytest.mark.postgres
@needs_postgres
def test_a_connection_asks_for_the_address_once(resolver: Resolver) -> None:
    engine = engine_of(named_url())
    before = resolver.asked
    with reaching(engine):
        pass
    assert resolver.asked == before + 1


@pytest.fixture
def greeter() -> Iterator[tuple[int, list[bytes]]]:
    """A port that says hello as MySQL 8 does, and keeps what it is then told."""
    heard: list[bytes] = []
    greeting = b"\x0a8.0.36\x00" + b"\x01\x00\x00\x00" + b"12345678\x00" + b"\xff\xf7\xff\x02\x00\xff\xdf\x15"
    greeting += b"\x00" * 10 + b"123456789012\x00" + b"mysql_native_password\x00"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as channel:
                channel.settimeout(10)
                channel.sendall(len(greeting).to_bytes(3, "little") + b"\x00" + greeting)
                heard.append(channel.recv(4096))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(10)


def test_mysql_is_spoken_to_at_the_address_that_was_judged(
    resolver: Resolver, greeter: tuple[int, list[bytes]]
) -> None:
    port, heard = greeter
    with pytest.raises(SourceUnreachableError), reaching(engine_of(f"mysql://auditor:x@{NAME}:{port}/hr")):
        pass
    assert resolver.asked == 2  # once for the check, once for the connection
    assert [len(one) > 32 for one in heard] == [True]  # it answered the greeting


def test_mysql_that_moved_to_the_metadata_service_is_not_contacted(resolver: Resolver) -> None:
    resolver.answers = ["127.0.0.1", METADATA]
    engine = engine_of(f"mysql://auditor:x@{NAME}:3306/hr")
    with pytest.raises(SourceRefusedError, match="forbidden_address"):
        engine.connect()


def test_a_port_where_nothing_listens_is_unreachable_not_broken(resolver: Resolver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceUnreachableError), reaching(engine_of(f"mysql://auditor:x@{NAME}:{port}/hr")):
        pass


def test_a_driver_nobody_showed_how_to_pin_is_refused() -> None:
    with pytest.raises(SourceRefusedError):
        pin(create_engine("mysql+mysqldb://u:p@127.0.0.1/x", module=pymysql))


def test_a_name_is_judged_when_a_source_is_named(resolver: Resolver) -> None:
    resolver.answers = [METADATA]
    with pytest.raises(SourceRefusedError, match="forbidden_address"):
        checked(f"postgresql://u:p@{NAME}/x")
