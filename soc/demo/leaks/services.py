"""Accounts that applications work under: they never rest, and they take more than any person."""

from dataclasses import dataclass

import polars as pl

from soc.demo.chance import Rng
from soc.demo.leaks.honest import PORTAL, PORTAL_APP, PORTAL_HOST
from soc.demo.leaks.log import Act, acts_frame
from soc.demo.leaks.statements import Book, Pattern, change, copy_out, listing, one_of, page, summary
from soc.demo.leaks.tables import trial_tables


@dataclass(frozen=True, slots=True)
class Service:
    """One application: from which hour to which it works, and how many statements a day."""

    account: str
    app: str
    host: str
    begins: float
    ends: float
    daily: int
    patterns: tuple[Pattern, ...]


_BACKED_UP = tuple(copy_out(table.name) for table in trial_tables())
SERVICES: tuple[Service, ...] = (
    Service(PORTAL, PORTAL_APP, PORTAL_HOST, 0, 24, 260, (one_of("hotline.ticket", "id", "id"), one_of("onestop.application", "id, sxmc", "id"))),
    Service("svc_etl", "etl-nightly", "10.40.8.21", 1.0, 1.9, 40, (
        copy_out("practitioner.archive"), copy_out("vehicle.owner"), copy_out("toll.exit_bill"), copy_out("hr.staff"), copy_out("finance.voucher"),
        copy_out("port.port_call"), copy_out("company.enterprise"), summary("toll.gantry_pass", "gantry_id", 1_000, 1_500),
    )),
    Service("svc_gnss", "gnss-gateway", "10.40.8.22", 0, 24, 420, (listing("gnss.position", "cphm, lon, lat", 200, 900),
        change("gnss.alarm", "kind"))),
    Service("svc_etc", "etc-sync", "10.40.8.23", 0, 24, 380, (listing("toll.exit_bill", "id, cphm, je", 200, 1_000),
        one_of("toll.etc_user", "etckh", "cphm", "plate"))),
    Service("svc_exchange", "data-exchange", "10.40.8.24", 2.0, 2.6, 60, (page("practitioner.archive", "id, xm, sfzh, zglb", 200, by_offset=False),)),
    Service("svc_bi", "dashboard", "10.40.8.25", 7, 20, 200, (summary("practitioner.archive", "xzqh", 20, 140),
        summary("overload.offsite", "cphm", 100, 300))),
)  # fmt: skip
BACKUP = ("svc_backup", "pg_dump", "10.40.8.26")


def enter_services(book: Book) -> None:
    """Enter what all applications ask, so that a pattern's number does not depend on which day is drawn first."""
    for pattern in (*(pattern for one in SERVICES for pattern in one.patterns), *_BACKED_UP):
        book.number(pattern)


def service_day(rng: Rng, book: Book, number: int, working: bool, seed: int) -> pl.DataFrame:
    """Return what the applications do on a day, whether offices are open or not."""
    acts = [act for one in SERVICES for act in _acts(rng, book, one, number, 1.0 if working else 0.7)]
    return acts_frame(acts + _backup(rng, book, number), seed)


def _acts(rng: Rng, book: Book, one: Service, number: int, factor: float) -> list[Act]:
    made = []
    for _ in range(int(rng.poisson(one.daily * factor))):
        pattern = one.patterns[int(rng.integers(0, len(one.patterns)))]
        rows = int(rng.integers(pattern.least, pattern.most + 1))
        second = float(rng.uniform(one.begins, one.ends)) * 3600
        made.append(Act(number, min(second, 86_398.0), one.account, one.app, one.host, book.number(pattern), rows))
    return made


def _backup(rng: Rng, book: Book, number: int) -> list[Act]:
    """Dump everything, a table after the other, in the small hours."""
    second = 3.0 * 3600 + float(rng.uniform(0, 900))
    made = []
    for pattern in _BACKED_UP:
        second += float(rng.uniform(1, 40))
        made.append(Act(number, second, *BACKUP, book.number(pattern), 0))
    return made
