"""When and from where: working hours by the Chinese calendar, addresses by the known networks."""

from datetime import date, time
from functools import lru_cache
from ipaddress import ip_address, ip_network

import polars as pl

from config.settings import Settings

#: working hours of the centres; what lies outside, on rest days all day, is off hours
WORK_BEGINS, WORK_ENDS = time(8, 0), time(19, 0)
_SATURDAY = 5
_ADDRESSES_KEPT = 200_000


def with_surroundings(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add ``guanlan.off_hours`` and ``guanlan.inside``."""
    local = frame.select(
        pl.col("time").dt.convert_time_zone(str(settings.timezone)).dt.date().alias("day"),
        pl.col("time").dt.convert_time_zone(str(settings.timezone)).dt.time().alias("clock"),
    )
    rest = [day for day in local["day"].unique().drop_nulls() if not is_workday(day)]
    off = (pl.col("clock") < WORK_BEGINS) | (pl.col("clock") >= WORK_ENDS) | pl.col("day").is_in(rest)
    ours = {
        address: is_inside(address, settings.inside_networks)
        for address in frame["src_endpoint.ip"].unique().drop_nulls()
    }
    inside = (
        pl.col("src_endpoint.ip").replace_strict(ours, default=None, return_dtype=pl.Boolean)
        if ours
        else pl.lit(None, pl.Boolean)
    )
    # a server says [local] for its own machine
    local_socket = pl.col("src_endpoint.hostname").is_in(["[local]", "localhost", "unix:", "unix"])
    return frame.with_columns(
        local.select(off.alias("off"))["off"].alias("guanlan.off_hours"),
        pl.coalesce(inside, pl.when(local_socket).then(statement=True)).alias("guanlan.inside"),
    )


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Tell whether offices work on ``day``; weekdays where the calendar does not reach."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


@lru_cache(maxsize=_ADDRESSES_KEPT)
def is_inside(address: str, networks: tuple[str, ...]) -> bool | None:
    """Tell whether ``address`` lies in one of ``networks``; None where it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return any(found in ip_network(one) for one in networks)
