"""When and from where: working hours by the Chinese calendar, addresses by the known networks."""

from datetime import date, time
from functools import lru_cache
from ipaddress import IPv4Network, ip_address, ip_network

import polars as pl

from config.settings import Settings

#: working hours of the centres; what lies outside, on rest days all day, is off hours
WORK_BEGINS, WORK_ENDS = time(8, 0), time(19, 0)
_SATURDAY = 5
_ADDRESSES_KEPT = 200_000
_FOUR = r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$"
_OCTETS = ("a", "b", "c", "d")


def with_surroundings(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add ``guanlan.off_hours`` and ``guanlan.inside``."""
    local = frame.select(
        pl.col("time").dt.convert_time_zone(str(settings.timezone)).dt.date().alias("day"),
        pl.col("time").dt.convert_time_zone(str(settings.timezone)).dt.time().alias("clock"),
    )
    rest = [day for day in local["day"].unique().drop_nulls() if not is_workday(day)]
    off = (pl.col("clock") < WORK_BEGINS) | (pl.col("clock") >= WORK_ENDS) | pl.col("day").is_in(rest)
    inside = inside_of(frame["src_endpoint.ip"], settings.inside_networks)
    # a server says [local] for its own machine
    local_socket = pl.col("src_endpoint.hostname").is_in(["[local]", "localhost", "unix:", "unix"])
    return frame.with_columns(
        local.select(off.alias("off"))["off"].alias("guanlan.off_hours"),
        pl.coalesce(pl.lit(inside), pl.when(local_socket).then(statement=True)).alias("guanlan.inside"),
    )


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Tell whether offices work on ``day``; weekdays where the calendar does not reach."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def inside_of(addresses: pl.Series, networks: tuple[str, ...]) -> pl.Series:
    """Tell of each address whether it lies in one of ``networks``; null where it is none.

    IPv4 is compared as numbers, a column at a time; the rest one by one, each address once.
    """
    known = [ip_network(one) for one in networks]
    fours = [one for one in known if isinstance(one, IPv4Network)]
    four = pl.col("ip").str.contains(_FOUR).alias("four")
    parts = pl.col("ip").str.splitn(".", len(_OCTETS)).struct.rename_fields(list(_OCTETS)).struct.unnest()
    frame = pl.DataFrame({"ip": addresses}).with_columns(four, parts)
    octets = [pl.when("four").then(pl.col(name).cast(pl.Int64, strict=False)) for name in _OCTETS]
    number = octets[0] * (1 << 24) + octets[1] * (1 << 16) + octets[2] * (1 << 8) + octets[3]
    within = [number.is_between(int(one.network_address), int(one.broadcast_address), closed="both") for one in fours]
    others = frame.filter(~pl.col("four"))["ip"].unique().drop_nulls()
    looked_up = {address: is_inside(address, networks) for address in others}
    other = (
        pl.col("ip").replace_strict(looked_up, default=None, return_dtype=pl.Boolean)
        if looked_up
        else pl.lit(None, pl.Boolean)
    )
    within_one = pl.any_horizontal(within) if within else pl.lit(value=False)
    return frame.select(pl.when("four").then(within_one).otherwise(other).alias("inside"))["inside"]


@lru_cache(maxsize=_ADDRESSES_KEPT)
def is_inside(address: str, networks: tuple[str, ...]) -> bool | None:
    """Tell whether ``address`` lies in one of ``networks``; None where it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return any(found in ip_network(one) for one in networks)
