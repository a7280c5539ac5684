"""What one row is about: a person, a home, a firm, a vehicle and a moment, which its columns share."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any

from detectors.discovery.evaluation.second import checks

_LATEST = datetime(2026, 10, 31, 18, tzinfo=UTC)
#: segments of the four operators
_MOBILE = (
    134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 157, 158, 159, 178, 182, 183, 187, 188,
    198, 130, 131, 132, 155, 156, 166, 176, 185, 186, 133, 153, 177, 180, 181, 189, 191, 199,
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@cache
def words() -> Mapping[str, Any]:
    """All words of this stranger, by list."""
    read: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text())
    return read


@dataclass(frozen=True, slots=True)
class Home:
    """A county: six digits, names, area and post codes, streets, and degrees of a point in it."""

    code: str
    province: str
    city: str
    county: str
    area: str
    post: str
    latitude: float
    longitude: float
    streets: tuple[str, ...]


@cache
def homes() -> tuple[Home, ...]:
    """All counties that rows are at home in."""
    return tuple(
        Home(code, province, city, county, area, post, float(latitude), float(longitude), tuple(streets.split()))
        for code, province, city, county, area, post, latitude, longitude, streets in words()["homes"]
    )


class Row:
    """One row of a table; each thing of it is drawn when it is first asked for and stays."""

    def __init__(self, rng: Random, index: int, pupils: bool) -> None:
        """``index``: the row's place in its table's numbering; ``pupils``: its persons are children."""
        self.rng, self.index, self.pupils = rng, index, pupils

    def pick(self, name: str) -> str:
        """One of a list of words."""
        return str(self.rng.choice(words()[name]))

    def signs(self, alphabet: str, count: int) -> str:
        """So many signs of an alphabet."""
        return "".join(self.rng.choices(alphabet, k=count))

    def digits(self, count: int) -> str:
        """So many digits."""
        return self.signs("0123456789", count)

    def letter(self) -> str:
        """A letter that is never taken for a digit."""
        return self.rng.choice(_LETTERS)

    @cached_property
    def home(self) -> Home:
        """Nine in ten are at home in the province."""
        near, far = [one for one in homes() if one.province == "广东省"], homes()
        return self.rng.choice(near if self.rng.random() < 0.85 else far)

    @cached_property
    def woman(self) -> bool:
        """The parity of an identity number's 17th digit."""
        return self.rng.random() < 0.35

    @cached_property
    def born(self) -> date:
        """Of an age to work, or to go to school."""
        first, days = (date(2013, 1, 1), 2300) if self.pupils else (date(1962, 1, 1), 15000)
        return first + timedelta(days=self.rng.randrange(days))

    @cached_property
    def name(self) -> str:
        """Family and given name, of the many or of the few."""
        if self.rng.random() < 0.04:
            return self.pick("long_names")
        family = self.pick("rare_families" if self.rng.random() < 0.1 else "families")
        given = words()["given_women" if self.woman else "given_men"]
        return family + "".join(self.rng.sample(given, self.rng.choice((1, 2, 2, 2, 2))))

    @cached_property
    def resident(self) -> str:
        """Eighteen signs with the birth date and sex of the same person."""
        last = self.rng.choice("02468" if self.woman else "13579")
        body = f"{self.home.code}{self.born:%Y%m%d}{self.digits(2)}{last}"
        return body + checks.rid(body)

    @cached_property
    def mobile(self) -> str:
        """Eleven digits of a segment in use."""
        return f"{self.rng.choice(_MOBILE)}{self.digits(8)}"

    @cached_property
    def firm(self) -> str:
        """The registered name of a firm that does not exist."""
        return f"{self.home.city}{self.pick('firm_names')}{self.pick('firm_trades')}"

    @cached_property
    def credit_code(self) -> str:
        """The firm's eighteen signs, the ninth to seventeenth being its organisation code."""
        inner = (
            f"MA{self.rng.choice('3459')}{self.signs(_CODE, 5)}"
            if self.rng.random() < 0.7
            else self.rng.choice("1267") + self.digits(7)
        )
        body = f"{self.rng.choice(('91', '91', '91', '92', '12', '93'))}{self.home.code}{inner}{checks.org(inner)}"
        return body + checks.uscc(body)

    @cached_property
    def plate(self) -> str:
        """Seven signs, of the province's mostly."""
        head = "粤" if self.rng.random() < 0.88 else self.rng.choice("湘赣桂闽琼鄂豫川贵浙苏")
        tail = list(self.digits(5))
        for place in self.rng.sample(range(5), self.rng.choice((0, 0, 1, 1, 2))):
            tail[place] = self.letter()
        return head + self.rng.choice("ABCDEFGHJKLMNPQRSTUVW") + "".join(tail)

    @cached_property
    def moment(self) -> datetime:
        """A second of the last three years."""
        return _LATEST - timedelta(seconds=self.rng.randrange(3 * 365 * 86400))

    @cached_property
    def point(self) -> tuple[float, float]:
        """Longitude and latitude, degrees, within some kilometres of home."""
        return (
            self.home.longitude + self.rng.uniform(-0.08, 0.08),
            self.home.latitude + self.rng.uniform(-0.06, 0.06),
        )

    @cached_property
    def route(self) -> str:
        """The number of a road (GB/T 917)."""
        return self.pick("routes")
