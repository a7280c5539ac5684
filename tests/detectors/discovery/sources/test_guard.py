"""Addresses that must not be read."""

import pytest

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.guard import checked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://127.0.0.1:25/",
        "redis:///x",
        "not a url://",
        "postgresql://u:p@169.254.169.254/latest",
        "postgresql://u:p@[fe80::1]/x",
        "postgresql://u:p@[::ffff:169.254.169.254]/x",
        "postgresql://u:p@0.0.0.0/x",
        "postgresql://u:p@224.0.0.1/x",
        "mysql://u:p@100.100.100.200/x",
        "postgresql://u:p@127.0.0.1/x?host=169.254.169.254",
        "postgresql://u:p@127.0.0.1/x?service=other",
        "mysql://u:p@127.0.0.1/x?local_infile=1",
        "sqlite:///file:/etc/x?mode=rwc",
        "sqlite://",
    ],
)
def test_it_is_refused_before_anything_is_contacted(url: str) -> None:
    with pytest.raises(SourceRefusedError):
        checked(url)


def test_a_host_without_an_address_is_named() -> None:
    with pytest.raises(SourceUnreachableError, match="no_host"):
        checked("postgresql://u:p@no-such-host.invalid/x")


def test_a_database_beside_us_is_allowed_with_our_driver() -> None:
    assert checked("postgres://u:p@127.0.0.1:5432/x?sslmode=disable").drivername == "postgresql+psycopg"
