"""Addresses that are never called, and the one look-up of a name."""

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.outbound import ForbiddenAddressError, Place, UnknownHostError, dial, is_forbidden, look_up
from tests.rebinding import METADATA, NAME, Resolver

LINK_LOCAL = st.integers(0, 0xFFFF).map(lambda low: ip_address(0xA9FE0000 + low))


@pytest.mark.parametrize(
    "address",
    [
        METADATA,
        "169.254.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fe80::1",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",
        "::",
        "240.0.0.1",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "2002:a9fe:a9fe::",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
    ],
)
def test_nobody_makes_us_call_it(address: str) -> None:
    assert is_forbidden(ip_address(address))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.8", "192.168.1.1", "8.8.8.8", "2400:3200::1", "64:ff9b::808:808", "fd12::7"]
)
def test_a_place_where_services_stand_may_be_called(address: str) -> None:
    assert not is_forbidden(ip_address(address))


@given(LINK_LOCAL)
def test_no_ipv6_form_hides_a_link_local_address(address: object) -> None:
    low = int(address)  # type: ignore[call-overload]
    forms = (0xFFFF << 32 | low, 0x64FF9B << 96 | low, 0x2002 << 112 | low << 80, low)
    assert all(is_forbidden(ip_address(form.to_bytes(16, "big"))) for form in forms)


def test_a_name_with_one_bad_address_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: object, **__: object) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in ("127.0.0.1", METADATA)]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(ForbiddenAddressError):
        look_up(NAME)


def test_a_name_without_an_address_is_said_to_be_unknown() -> None:
    with pytest.raises(UnknownHostError):
        look_up("no-such-host.invalid")


def test_dialling_asks_nobody_again(resolver: Resolver) -> None:
    resolver.answers = ["127.0.0.1", METADATA]
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = look_up(NAME)
        dial(place, server.getsockname()[1], 5).close()
    assert (place, resolver.asked) == (Place(NAME, ("127.0.0.1",)), 1)
