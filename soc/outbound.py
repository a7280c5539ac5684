"""Going out to an address that others name: looked up once, judged, and exactly that one is called.

A guard that looks a name up and a driver that looks it up again are two questions to a name server
that its owner may answer differently (DNS rebinding). Here there is one: :func:`look_up` gives the
addresses that were judged, and whoever connects is handed these, with the name kept for TLS.

Never called: link-local addresses and the metadata services of clouds among them, multicast, the
unspecified and reserved ones, also where they hide in an IPv6 form of an IPv4 address.
"""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from soc.errors import InputError, UnavailableError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254", "168.63.129.16"})
#: an IPv4 address inside an IPv6 one, as translators write it (RFC 6052 §2.1, RFC 8215)
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class ForbiddenAddressError(InputError):
    """A name that leads to an address nobody may make us call."""

    def __init__(self, host: str) -> None:
        """Name the host, never the address: what a name resolves to is the network's own affair."""
        super().__init__("errors.outbound.forbidden", host=host)


class UnknownHostError(UnavailableError):
    """A name without an address."""

    def __init__(self, host: str) -> None:
        """Name the host."""
        super().__init__("errors.outbound.unknown", host=host)


@dataclass(frozen=True, slots=True)
class Place:
    """A host and the addresses it had at the one moment it was asked; there is at least one."""

    host: str
    addresses: tuple[str, ...]


def look_up(host: str) -> Place:
    """Return where ``host`` is, every address of it judged.

    Raises:
        UnknownHostError: it has no address.
        ForbiddenAddressError: one of its addresses may not be called; the others then neither.
    """
    name = host.strip("[]")
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(host) from error
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    if any(is_forbidden(ipaddress.ip_address(one.split("%", 1)[0])) for one in addresses):
        raise ForbiddenAddressError(host)
    if not addresses:
        raise UnknownHostError(host)
    return Place(name, addresses)


def is_forbidden(address: Address) -> bool:
    """Tell whether an address may never be called."""
    return any(_is_forbidden(one) for one in (address, *_within(address)))


def is_loopback(address: Address) -> bool:
    """Tell whether an address is this machine's own, also where it hides in an IPv6 form."""
    return any(one.is_loopback for one in (address, *_within(address)))


def _is_forbidden(one: Address) -> bool:
    special = one.is_link_local or one.is_multicast or one.is_unspecified
    # the block of the translators is reserved as a whole: what it carries is judged instead
    reserved = one.is_reserved and not any(one in network for network in _TRANSLATED)
    return special or (reserved and not one.is_loopback) or str(one) in _METADATA


def _within(address: Address) -> Iterator[Address]:
    """Yield the IPv4 addresses that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.teredo:
        yield from address.teredo
    for inner in (address.ipv4_mapped, address.sixtofour):
        if inner is not None:
            yield inner
    compatible = int(address) >> 32 == 0 and int(address) > 1
    if compatible or any(address in network for network in _TRANSLATED):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def dial(place: Place, port: int, timeout: float) -> socket.socket:
    """Connect to the first address of a place that answers; its name is not looked up again.

    Raises:
        OSError: no address answered.
    """
    failure = OSError(place.host)
    for address in place.addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure
