"""Whole tables with known answers: families of columns that stand together, their names, and their dirt."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from detectors.discovery.evaluation import people
from detectors.discovery.evaluation.damage import DAMAGE, damaged, decorated
from detectors.discovery.evaluation.draw import Draw, Half
from detectors.discovery.evaluation.lookalikes import LOOKALIKES
from detectors.discovery.evaluation.numbers import FIRM, VALUES, row

#: themes: columns that stand side by side in real tables; ``-name`` is a look-alike
_FAMILIES: tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]] = (
    (
        ("-row id", "person_name", "-sex", "ethnic", "birth_date", "resident_id", "mobile", "address", "practitioner_cert", "-day", "-status"),
        ("-row id", "plate", "-colour", "-kind", "vin", "engine_no", "road_transport_cert", "-firm", "uscc", "-weight", "-moment"),
        ("-order 18", "etc_card", "obu_id", "plate", "toll_pass_id", "-station", "-moment", "-amount", "-station code"),
        ("penalty_no", "person_name", "driver_licence", "plate", "-remark", "-amount", "-day", "-agency"),
        ("container", "mmsi", "imo", "ship_reg", "-terminal code", "-goods", "-weight", "-moment"),
        ("jt808_phone", "iccid", "imei", "imsi", "plate", "lonlat", "-decimal", "-stamp 14"),
        ("-order 20", "person_name", "passport", "flight_no", "eticket", "-seat", "-amount", "mobile"),
        ("-uuid", "-firm", "uscc", "person_name", "landline", "email", "address", "postcode", "operating_licence", "bank_account"),
    ),
    (
        ("-uuid", "person_name", "resident_id", "-post", "-department", "bank_card", "mobile", "email", "health", "-day"),
        ("plate", "person_name", "mobile", "-line", "-moment", "lonlat", "stake_no", "-remark", "-weather"),
        ("-firm", "uscc", "person_name", "resident_id", "business_licence", "org_code", "landline", "-status", "-city", "-county"),
        ("-snowflake", "bus_ticket", "person_name", "resident_id", "-seat", "minor", "train_no", "-moment", "payment_id"),
        ("ip", "mac", "-machine", "password", "-version", "session", "-millis", "email"),
        ("person_name", "seafarer_book", "seafarer_cert", "ship_id_cn", "nationality", "birth_date", "passport"),
        ("bridge_code", "route_code", "stake_no", "-road", "division_code", "-year", "-fine number", "-percent"),
        ("mobile", "qq", "wechat", "person_name", "address", "-yes", "-count", "-epoch"),
    ),
)  # fmt: skip
#: names that say something else than what is there
_MISLEADING = (
    ("phone", "id_card", "姓名", "address", "银行卡号", "vin", "车牌号"),
    ("mobileNo", "身份证号码", "user_name", "住址", "cardNo", "email", "驾驶证号"),
)
_HIDING = (("remark", "field1", "备用1", "data", "col_a"), ("attr7", "扩展2", "value", "info", "f_03"))


@dataclass(frozen=True, slots=True)
class Known:
    """A column and what it holds; ``truth`` is None for a look-alike, ``also`` are other answers as right as that."""

    kind: str
    truth: str | None
    header: str
    values: tuple[str | None, ...]
    how: str = "plain"
    also: frozenset[str | None] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table with the answer for each of its columns."""

    name: str
    columns: tuple[Known, ...]

    def frame(self) -> pl.DataFrame:
        """The values under headers made unlike one another."""
        return pl.DataFrame(
            {f"{place}:{one.header}": pl.Series(one.values, dtype=pl.String) for place, one in enumerate(self.columns)}
        )


@cache
def headers() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Names of columns by type, of each half."""
    with (Path(__file__).parent / "headers.toml").open("rb") as file:
        return {kind: (tuple(halves[0]), tuple(halves[1])) for kind, halves in tomllib.load(file).items()}


def tables(half: Half, *, seed: int = 1, rows: int = 80, copies: int = 3) -> list[KnownTable]:
    """Return the tables of one half: every family several times, and every type in a table of its own kind.

    Args:
        half: which families, headers and styles.
        seed: of everything drawn.
        rows: of each table.
        copies: how often each family and each type comes, each time with other names and dirt.
    """
    made = []
    for copy in range(copies):
        draw = Draw(seed * 1000 + copy, half)
        made += [
            _table(draw, f"family {place}.{copy}", kinds, rows) for place, kinds in enumerate(draw.split(*_FAMILIES))
        ]
        made += [_table(draw, f"single {kind}.{copy}", _amid(draw, kind), rows) for kind in VALUES]
        made += [_table(draw, f"lookalikes {copy}.{part}", kinds, rows) for part, kinds in enumerate(_lookalikes(draw))]
        made += [_spoilt(draw, f"{how} {kind}.{copy}", how, kind, rows) for how in DAMAGE for kind in DAMAGE[how][0]]
        made += [_table(draw, f"short {place}.{copy}", kinds, 6) for place, kinds in enumerate(draw.split(*_FAMILIES))]
    return made


def _amid(draw: Draw, kind: str) -> tuple[str, ...]:
    """A type between two look-alikes, which help nothing."""
    beside = draw.random.sample(sorted(LOOKALIKES), 2)
    return (f"-{beside[0]}", kind, f"-{beside[1]}")


def _lookalikes(draw: Draw) -> list[tuple[str, ...]]:
    names = [f"-{name}" for name in LOOKALIKES]
    draw.random.shuffle(names)
    return [tuple(names[start : start + 8]) for start in range(0, len(names), 8)]


def _table(draw: Draw, name: str, kinds: Sequence[str], rows: int) -> KnownTable:
    subjects = [row(draw) for _ in range(rows)]
    columns = []
    for kind in kinds:
        if kind.startswith("-"):
            make, development, heldout = LOOKALIKES[kind[1:]]
            values: list[str] = [make(draw) for _ in subjects]
            header, truth = draw.pick(draw.split(development, heldout)), None
        else:
            values = [VALUES[kind](draw, one) for one in subjects]
            header, truth = draw.pick(draw.split(*headers()[kind])), kind
        header, how = _renamed(draw, kind, header)
        columns.append(Known(kind, truth, header, tuple(dirty(draw, kind, values)), how))
    return KnownTable(name, tuple(columns))


def _spoilt(draw: Draw, name: str, how: str, kind: str, rows: int) -> KnownTable:
    """A table whose middle column was damaged, and whose headers bear marks."""
    plain = _table(draw, name, _amid(draw, kind), rows)
    values = damaged(draw, how, kind, [VALUES[kind](draw, row(draw)) for _ in range(rows)])
    header = draw.pick(draw.split(*headers()[kind]))
    column = Known(kind, kind, decorated(draw, header), tuple(values), how)
    return KnownTable(name, (plain.columns[0], column, plain.columns[2]))


def _renamed(draw: Draw, kind: str, header: str) -> tuple[str, str]:
    """Some columns are called what they are not; only where the values can still tell."""
    if kind in FIRM and kind not in {"imo", "etc_card", "religion"} and draw.chance(0.06):
        return draw.pick(draw.split(*_HIDING)), "hidden name"
    if kind.startswith("-") and kind[1:] not in {"six digits", "eleven digits", "yes", "status"} and draw.chance(0.04):
        return draw.pick(draw.split(*_MISLEADING)), "misleading"
    return (decorated(draw, header), "decorated") if draw.chance(0.2) else (header, "plain")


_WIDE = {ord(one): ord(one) + 0xFEE0 for one in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_NOTHING = (("", "无", "-", None), (None, "N/A", "0", "空", "暂无", "/"))
_CHECKED = frozenset({"resident_id", "bank_card", "uscc", "vin", "driver_licence", "container", "imo"})


def dirty(draw: Draw, kind: str, values: Sequence[str]) -> list[str | None]:
    """Spoil a column as typists and tools do: gaps, full width, blanks, quotes, wrong check digits."""
    missing = draw.pick((0.0, 0.02, 0.1, 0.4))
    wrong = draw.pick((0.0, 0.0, 0.05, 0.3)) if kind in _CHECKED else 0.0
    wide, quoted = draw.pick((0.0, 0.03)), draw.split(0.02, 0.04)
    return [_spoiled(draw, value, missing, wrong, wide, quoted) for value in values]


def _spoiled(draw: Draw, value: str, missing: float, wrong: float, wide: float, quoted: float) -> str | None:
    if draw.chance(missing):
        return draw.pick(draw.split(*_NOTHING))
    if wrong and draw.chance(wrong):
        place = draw.between(6, len(value) - 1)
        value = value[:place] + draw.pick("0123456789") + value[place + 1 :]
    if draw.chance(wide):
        value = value.translate(_WIDE)
    return draw.split(f" {value}", f"'{value}") if draw.chance(quoted) else value


def english_tables(half: Half, *, seed: int = 1, rows: int = 80) -> list[KnownTable]:
    """Tables of English systems: customers, staff."""
    draw = Draw(seed, half)
    names = draw.split(
        ("customer_name", "email", "phone", "city"), ("fullName", "contactEmail", "mobileNumber", "town")
    )
    cities = draw.split(("London", "Paris", "Boston"), ("Berlin", "Madrid", "Chicago"))
    makers: tuple[tuple[str | None, Callable[[], str]], ...] = (
        ("person_name", lambda: people.latin_name(draw)),
        ("email", lambda: people.mailbox(draw)),
        ("mobile", lambda: "13" + draw.digits(9)),
        (None, lambda: draw.pick(cities)),
    )
    columns = tuple(
        Known(kind or "-town", kind, header, tuple(make() for _ in range(rows)))
        for (kind, make), header in zip(makers, names, strict=True)
    )
    return [KnownTable("customers", columns)]
