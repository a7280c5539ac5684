"""One row's subject: a person, a place and a firm that hold together, so that a birth date and an identity number agree."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any

from detectors.discovery.evaluation.second import checks

_MOBILE_HEADS = ["130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "147", "150", "151", "152", "157", "158", "159", "166", "173", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188", "189", "191", "193", "198", "199"]  # fmt: skip
_NOW = datetime(2024, 1, 1)  # noqa: DTZ001 - a made-up table's own clock


@cache
def words() -> Mapping[str, Any]:
    """What subjects are made of."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text())


@dataclass(frozen=True)
class Place:
    """A county with its numbers."""

    code: str
    province: str
    city: str
    county: str
    roads: str
    area: str
    postcode: str
    latitude: str
    longitude: str


class Subject:
    """Who or what a row is about; each thing of it is drawn when it is first asked for and then stays."""

    def __init__(self, rng: Random, index: int = 0, young: bool = False) -> None:
        self.rng, self.index, self.young = rng, index, young

    def pick(self, name: str) -> str:
        """One of a list of words."""
        return str(self.rng.choice(words()["lists"][name]))

    def digits(self, length: int) -> str:
        """So many digits."""
        return "".join(self.rng.choices("0123456789", k=length))

    @cached_property
    def place(self) -> Place:
        """Where the subject is at home."""
        return Place(*self.rng.choice(list(words()["places"].values())))

    @cached_property
    def male(self) -> bool:
        """What the 17th digit says."""
        return self.rng.random() < 0.7

    @cached_property
    def born(self) -> date:
        """A day that a worker, or a pupil, was born."""
        first, last = (date(2012, 9, 1), date(2018, 8, 31)) if self.young else (date(1960, 1, 1), date(2003, 12, 31))
        return first + timedelta(days=self.rng.randrange((last - first).days))

    @cached_property
    def name(self) -> str:
        """A Han name, a rarer family's now and then, a minority's sometimes."""
        names, chance = words()["names"], self.rng.random()
        if chance < 0.05:
            return str(self.rng.choice(names["minority"]))
        family = self.rng.choice(names["rare"] if chance < 0.17 else names["common"])
        return str(family) + "".join(self.rng.choices(names["given"], k=self.rng.choice((1, 2, 2, 2))))

    @cached_property
    def numbered_in(self) -> str:
        """The county's code when the number was given: at birth, and to the elder when cards began."""
        year = max(self.born.year, 1988)
        earlier = words()["retired"].get(self.place.code, [])
        return next((code for until, code in earlier if year < until), self.place.code)

    @cached_property
    def resident_id(self) -> str:
        """The 18 signs of the subject's identity number."""
        sex = self.rng.choice("13579" if self.male else "02468")
        body = f"{self.numbered_in}{self.born:%Y%m%d}{self.digits(2)}{sex}"
        return body + checks.rid(body)

    @cached_property
    def mobile(self) -> str:
        """The subject's mobile number."""
        return self.rng.choice(_MOBILE_HEADS) + self.digits(8)

    @cached_property
    def firm(self) -> str:
        """An organisation's whole name."""
        firms = words()["firms"]
        return f"{self.place.city}{self.rng.choice(firms['stems'])}{self.rng.choice(firms['trades'])}"

    @cached_property
    def uscc(self) -> str:
        """The organisation's credit code."""
        young = self.rng.random() < 0.6
        inner = (
            "MA" + "".join(self.rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6)) if young else f"7{self.digits(7)}"
        )
        # the organisation's own code, with its own check digit, stands inside
        body = f"91{self.place.code}{inner}{checks.org(inner)}"
        return body + checks.uscc(body)

    @cached_property
    def moment(self) -> datetime:
        """When it happened: a moment of the last years."""
        return _NOW - timedelta(seconds=self.rng.randrange(4 * 365 * 86400))

    @cached_property
    def plate(self) -> str:
        """An ordinary plate; the province's own nine times in ten."""
        head = "粤" if self.rng.random() < 0.9 else self.rng.choice("湘赣桂闽琼贵鄂豫")
        tail = self.digits(5) if self.rng.random() < 0.4 else self._mixed_tail()
        return head + self.rng.choice("ABCDEFGHJKLMNPQRSTUVW") + tail

    def _mixed_tail(self) -> str:
        tail = list(self.digits(5))
        for place in self.rng.sample(range(5), self.rng.choice((1, 1, 2))):
            tail[place] = self.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
        return "".join(tail)

    @cached_property
    def etc_card(self) -> str:
        """Twenty digits: the network's four and the issuer's sixteen."""
        network = self.rng.choice(("4401", "4401", "4401", "4301", "4501", "3601"))
        return f"{network}{self.moment:%y}{self.rng.choice(('22', '23', '32'))}{self.digits(12)}"
