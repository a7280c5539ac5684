"""When and from where: working hours by the Chinese calendar, addresses by the known networks."""

from datetime import time
from functools import lru_cache
from ipaddress import IPv4Network, ip_address, ip_network
from zoneinfo import ZoneInfo

import polars as pl

from config.settings import Settings
from soc.workdays import is_workday

#: working hours of the centres; what lies outside, on rest days all day, is off hours
WORK_BEGINS, WORK_ENDS = time(8, 0), time(19, 0)
_ADDRESSES_KEPT = 200_000
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_FOUR = rf"^(?:{_BYTE}\.){{3}}{_BYTE}$"
_ONE_BYTE = 8
#: zones differ from UTC by whole quarters of an hour, and offices open and close at such
_QUARTER = "15m"


def with_surroundings(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add ``guanlan.off_hours`` and ``guanlan.inside``."""
    inside = inside_of(frame["src_endpoint.ip"], settings.inside_networks)
    # a server says [local] for its own machine
    local_socket = pl.col("src_endpoint.hostname").is_in(["[local]", "localhost", "unix:", "unix"])
    return frame.with_columns(
        off_hours(frame["time"], settings.timezone).alias("guanlan.off_hours"),
        pl.coalesce(pl.lit(inside), pl.when(local_socket).then(statement=True)).alias("guanlan.inside"),
    )


def off_hours(times: pl.Series, zone: ZoneInfo) -> pl.Series:
    """Tell of each instant whether offices were closed; asked once for each quarter of an hour there is."""
    quarters = times.dt.truncate(_QUARTER)
    known = pl.DataFrame({"quarter": quarters.unique()})
    local = pl.col("quarter").dt.convert_time_zone(str(zone))
    days = known.select(local.dt.date().unique().drop_nulls()).to_series()
    rest = [day for day in days if not is_workday(day)]
    off = (local.dt.time() < WORK_BEGINS) | (local.dt.time() >= WORK_ENDS) | local.dt.date().is_in(rest)
    return quarters.replace_strict(known["quarter"], known.select(off).to_series(), return_dtype=pl.Boolean)


def inside_of(addresses: pl.Series, networks: tuple[str, ...]) -> pl.Series:
    """Tell of each address whether it lies in one of ``networks``; null where it is none.

    IPv4 is compared as text, a column at a time; the rest one by one, each address once.
    """
    known = [ip_network(one) for one in networks]
    beginnings = [_beginning(one) for one in known if isinstance(one, IPv4Network)]
    within = f"^(?:{'|'.join(beginnings)})" if beginnings else "$."
    four = addresses.str.contains(_FOUR)
    others = addresses.filter(~four).unique()
    if others.is_empty():
        return addresses.str.contains(within)
    looked_up = pl.Series([is_inside(address, networks) for address in others], dtype=pl.Boolean)
    found = pl.when("four").then(pl.col("ip").str.contains(within))
    other = pl.col("ip").replace_strict(others, looked_up, default=None, return_dtype=pl.Boolean)
    return pl.DataFrame({"ip": addresses, "four": four}).select(found.otherwise(other).alias("inside"))["inside"]


def _beginning(network: IPv4Network) -> str:
    """Return a pattern of how the network's addresses are written from their beginning."""
    whole, bits = divmod(network.prefixlen, _ONE_BYTE)
    parts = [str(one) for one in network.network_address.packed]
    fixed = "".join(rf"{part}\." for part in parts[:whole])
    if not bits:
        return fixed.removesuffix(r"\.") + "$" if whole == len(parts) else fixed
    last = "|".join(str(int(parts[whole]) + step) for step in range(1 << (_ONE_BYTE - bits)))
    return f"{fixed}(?:{last})" + ("$" if whole == len(parts) - 1 else r"\.")


@lru_cache(maxsize=_ADDRESSES_KEPT)
def is_inside(address: str, networks: tuple[str, ...]) -> bool | None:
    """Tell whether ``address`` lies in one of ``networks``; None where it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return any(found in ip_network(one) for one in networks)
