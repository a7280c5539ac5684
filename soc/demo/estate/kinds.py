"""Kinds of values: which sensitive type they really are of, how the database keeps them, and how a column is made."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soc.demo.chance import Rng
from soc.demo.estate.pools import Ints, Pools
from soc.demo.estate.relation import Dirt
from soc.demo.places import Place
from soc.demo.table import SqlType

_FIRST, _DAYS = date(2015, 1, 1), 4343  # up to 2026-11-21


@dataclass(frozen=True, slots=True)
class Draw:
    """One column being made: ``chosen`` are the members of its group, row by row."""

    rng: Rng
    rows: int
    chosen: Ints
    pools: Pools
    dirt: Dirt
    masked: bool = False

    def share(self, part: float) -> NDArray[np.bool_]:
        """A random ``part`` (0 to 1) of the rows."""
        return self.rng.random(self.rows) < part

    def missing(self, values: pl.Series) -> pl.Series:
        """Leave out as many values as the table's dirt says."""
        gone = pl.Series(self.share(self.dirt.value[0]))
        return pl.select(pl.when(~gone).then(values)).to_series()


Make = Callable[[Draw], pl.Series]

#: what the values of a kind really are: any of these is right; none means not sensitive
TRUTH: dict[str, tuple[str, ...]] = {
    "person.name": ("person_name",), "person.id": ("resident_id",), "person.mobile": ("mobile",), "person.phone": ("mobile", "landline"),
    "person.birth": ("birth_date",), "person.address": ("address",), "person.email": ("email",), "person.ethnic": ("ethnic",),
    "person.card": ("bank_card",), "person.licence": ("driver_licence", "resident_id"), "person.file_no": ("driver_file_no",),
    "person.cert": ("practitioner_cert",), "person.health": ("health",), "person.social": ("social_card",), "person.passport": ("passport",),
    "person.landline": ("landline",), "person.wechat": ("wechat",), "person.postcode": ("postcode",), "person.division": ("division_code",),
    "person.nationality": ("nationality",), "vehicle.plate": ("plate", "plate_nev"), "vehicle.vin": ("vin",), "vehicle.engine": ("engine_no",),
    "vehicle.cert": ("road_transport_cert",), "vehicle.etc": ("etc_card",), "vehicle.obu": ("obu_id",), "vehicle.terminal": ("jt808_phone",),
    "enterprise.uscc": ("uscc",), "enterprise.org_code": ("org_code",), "enterprise.licence": ("operating_licence",),
    "enterprise.address": ("address",), "enterprise.account": ("bank_account",), "ship.mmsi": ("mmsi",), "ship.imo": ("imo",),
    "ship.id": ("ship_id_cn",), "ship.reg": ("ship_reg",), "cargo.container": ("container",), "device.imei": ("imei",),
    "device.iccid": ("iccid",), "device.imsi": ("imsi",), "device.ip": ("ip",), "device.mac": ("mac",), "device.m2m": ("m2m_number",),
    "position.lon": ("lonlat",), "position.lat": ("lonlat",), "position.pair": ("lonlat",), "road.route": ("route_code",),
    "road.stake": ("stake_no",), "road.bridge": ("bridge_code",), "trip.pass_id": ("toll_pass_id",), "trip.train": ("train_no",),
    "trip.flight": ("flight_no",), "trip.ticket": ("bus_ticket",), "case.number": ("penalty_no",), "secret.password": ("password",),
    "secret.jwt": ("jwt",), "secret.jdbc": ("jdbc",), "secret.cloud_ak": ("cloud_ak",), "payment.id": ("payment_id",),
    "code.constant": ("division_code",), "text.facts": ("resident_id", "plate", "plate_nev", "person_name"),
    "text.remark_contact": ("mobile", "person_name"),
}  # fmt: skip


def _pooled(draw: Draw, kind: str) -> pl.Series:
    lost, spoilt = draw.dirt.value
    return draw.pools.of(kind, hidden=draw.masked).draw(draw.chosen, draw.share(spoilt), draw.share(lost))


def _whole(low: int, high: int) -> Make:
    return lambda draw: draw.missing(pl.Series(draw.rng.integers(low, high, draw.rows)))


def _money(draw: Draw) -> pl.Series:
    return draw.missing(pl.Series(np.round(draw.rng.lognormal(6, 1.8, draw.rows), 2)))


def _even(low: float, high: float, places: int) -> Make:
    return lambda draw: draw.missing(pl.Series(np.round(draw.rng.uniform(low, high, draw.rows), places)))


def _sequence(draw: Draw) -> pl.Series:
    return pl.Series(np.arange(1, draw.rows + 1))


def _days(draw: Draw) -> pl.Series:
    drawn = pl.Series(draw.rng.integers(0, _DAYS, draw.rows).astype(np.int32) + (_FIRST - date(1970, 1, 1)).days)
    return draw.missing(drawn.cast(pl.Date))


def _moments(draw: Draw) -> pl.Series:
    start = (_FIRST - date(1970, 1, 1)).days * 86_400  # wall-clock, without a zone: as such databases keep it
    drawn = pl.Series(draw.rng.integers(0, _DAYS * 86_400, draw.rows) + start)
    return draw.missing((drawn * 1_000_000).cast(pl.Datetime("us")))


def _births(draw: Draw) -> pl.Series:
    born = pl.Series(draw.pools.people.births)
    return draw.missing(born.gather(draw.chosen % len(born)))


def _homes(draw: Draw) -> list[Place]:
    homes = draw.pools.people.homes
    return [homes[at] for at in (draw.chosen % len(homes)).tolist()]


def _axis(which: str) -> Make:
    def make(draw: Draw) -> pl.Series:
        home = np.asarray([getattr(place, which) for place in draw.pools.people.homes])
        near = home[draw.chosen % len(home)] + draw.rng.normal(0, 0.05, draw.rows)
        return draw.missing(pl.Series(np.round(near, 6)))

    return make


def _pair(draw: Draw) -> pl.Series:
    lon, lat = _axis("longitude")(draw), _axis("latitude")(draw)
    return pl.select(pl.concat_str([lon.cast(pl.String), lat.cast(pl.String)], separator=",")).to_series()


def _digits_of(low: int, high: int) -> Make:
    return lambda draw: draw.missing(pl.Series(draw.rng.integers(low, high, draw.rows)).cast(pl.String))


def _hashes(draw: Draw) -> pl.Series:
    halves = [
        pl.Series(draw.rng.integers(2**60, 2**63, draw.rows)).map_elements(lambda one: f"{one:016x}", pl.String)
        for _ in "ab"
    ]
    return pl.select(pl.concat_str(halves)).to_series()


def _documents(draw: Draw) -> pl.Series:
    years, counted = draw.rng.integers(2018, 2027, draw.rows), draw.rng.integers(1, 900, draw.rows)
    return pl.Series(
        [f"粤办函〔{year}〕{number}号" for year, number in zip(years, counted, strict=True)], dtype=pl.String
    )


def _versions(draw: Draw) -> pl.Series:
    return pl.Series(
        [f"V{one // 10}.{one % 10}" for one in draw.rng.integers(10, 60, draw.rows).tolist()], dtype=pl.String
    )


def _paths(draw: Draw) -> pl.Series:
    return pl.Series(
        [f"/upload/2026/{one % 12 + 1:02d}/{one:08d}.jpg" for one in draw.rng.integers(1, 10**8, draw.rows).tolist()],
        dtype=pl.String,
    )


def _json(draw: Draw) -> pl.Series:
    numbers = draw.rng.integers(1, 10**6, draw.rows).tolist()
    return pl.Series(
        [json.dumps({"code": 0, "msg": "ok", "seq": one, "items": [one % 7, one % 11]}) for one in numbers],
        dtype=pl.String,
    )


def _huge(draw: Draw) -> pl.Series:
    """Photographs kept in a text column: a few rows are enormous."""
    lengths = np.minimum(400_000, 200 + (draw.rng.pareto(0.7, draw.rows) * 300).astype(np.int64))
    return pl.Series([("iVBORw0KGgoAAAANSUhEUg" * (one // 22 + 1))[:one] for one in lengths.tolist()], dtype=pl.String)


#: kinds that are computed; all others come from a pool
COMPUTED: dict[str, tuple[SqlType, Make]] = {
    "id": (SqlType.BIGINT, _sequence), "number.sequence": (SqlType.INTEGER, _sequence), "number.small": (SqlType.INTEGER, _whole(0, 120)),
    "number.weight": (SqlType.INTEGER, _whole(500, 60_000)), "number.year": (SqlType.INTEGER, _whole(2012, 2027)),
    "number.speed": (SqlType.INTEGER, _whole(0, 110)), "number.angle": (SqlType.INTEGER, _whole(0, 360)), "number.money": (SqlType.MONEY, _money),
    "number.ratio": (SqlType.REAL, _even(0, 100, 2)), "number.temperature": (SqlType.REAL, _even(-2, 40, 1)), "time.date": (SqlType.DATE, _days),
    "time.moment": (SqlType.TIME, _moments), "time.text14": (SqlType.TEXT, lambda draw: _moments(draw).dt.strftime("%Y%m%d%H%M%S")),
    "time.month": (SqlType.TEXT, lambda draw: _days(draw).dt.strftime("%Y-%m")), "time.epoch": (SqlType.BIGINT, _whole(1_420_041_600_000, 1_795_000_000_000)),
    "person.birth": (SqlType.DATE, _births), "position.lon": (SqlType.REAL, _axis("longitude")), "position.lat": (SqlType.REAL, _axis("latitude")),
    "position.pair": (SqlType.TEXT, _pair), "code.reference": (SqlType.BIGINT, _whole(1, 500_000)),
    "code.serial": (SqlType.TEXT, _digits_of(10**17, 9 * 10**17)),
    "code.hash": (SqlType.TEXT, _hashes), "code.document": (SqlType.TEXT, _documents), "plain.version": (SqlType.TEXT, _versions),
    "plain.file_path": (SqlType.TEXT, _paths), "text.json": (SqlType.TEXT, _json), "text.huge": (SqlType.TEXT, _huge),
    "empty": (SqlType.TEXT, lambda draw: pl.Series([None] * draw.rows, dtype=pl.String)),
}  # fmt: skip


def sql_of(kind: str) -> SqlType:
    """How the database keeps a kind."""
    return COMPUTED[kind][0] if kind in COMPUTED else SqlType.TEXT


def column(kind: str, draw: Draw) -> pl.Series:
    """A column's values."""
    return COMPUTED[kind][1](draw) if kind in COMPUTED else _pooled(draw, kind)
