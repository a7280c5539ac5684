"""IPv4 networks as the beginnings of written addresses, so that every store can search them."""

from ipaddress import AddressValueError, IPv4Network, NetmaskValueError


class NotANetworkError(ValueError):
    """The text is no IPv4 network of 8 bits or more."""


def prefixes(text: str) -> tuple[str, ...]:
    """Return what an address of the network begins with (``10.16.``), or whole addresses.

    At most 128 of them: the network is cut at the octet its mask ends in.

    Raises:
        NotANetworkError: the text is no such network.
    """
    try:
        network = IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError) as problem:
        raise NotANetworkError(text) from problem
    octets = -(-network.prefixlen // 8)
    if octets == 0:
        raise NotANetworkError(text)
    parts = network.subnets(new_prefix=8 * octets)
    return tuple(_begin(str(part.network_address), octets) for part in parts)


def _begin(address: str, octets: int) -> str:
    kept = ".".join(address.split(".")[:octets])
    return kept if octets == 4 else kept + "."
