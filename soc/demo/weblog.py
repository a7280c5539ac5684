"""nginx access logs (combined) of the province's portal and of the offices' own applications."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

from soc.demo.accounts import Post, demo_accounts
from soc.demo.chance import Rng
from soc.demo.table import rng_for
from soc.demo.world import World

_CHINA = timezone(timedelta(hours=8))
_PAGES = (
    "/",
    "/portal/index.html",
    "/portal/news/{number}",
    "/api/permit/status?no={number}",
    "/static/app.js",
    "/static/app.css",
    "/api/roadwork/list?page={page}",
    "/api/bus/line/{page}",
    "/favicon.ico",
)
_PAGE_WEIGHTS = (3, 4, 3, 3, 5, 5, 2, 2, 2)
_OFFICE = (
    "/permit/list?page={page}",
    "/permit/view/{number}",
    "/practitioner/search?cert={number}",
    "/case/view/{number}",
    "/report/monthly/{page}",
)
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "curl/8.5.0",
)
_AGENT_WEIGHTS = (6, 5, 1, 0.2)


def web_lines(world: World, last: date, days: int, daily: int = 2_000) -> Iterator[str]:
    """Lines of ``days`` days up to and with ``last``, about ``daily`` a day, each ending in a newline."""
    for back in range(days - 1, -1, -1):
        day = last - timedelta(days=back)
        yield from _day(world, day, daily, rng_for(world.seed, f"web {day.isoformat()}"))


def _day(world: World, day: date, daily: int, rng: Rng) -> Iterator[str]:
    count = int(rng.poisson(daily))
    midnight = datetime(day.year, day.month, day.day, tzinfo=_CHINA).astimezone(UTC)
    seconds = np.sort(rng.normal(13.5, 4.5, count) % 24 * 3600)
    users = [one for one in demo_accounts(world) if one.post in {Post.WINDOW, Post.ENFORCEMENT, Post.STATISTICS}]
    agents = rng.choice(len(_AGENTS), count, p=np.asarray(_AGENT_WEIGHTS) / sum(_AGENT_WEIGHTS))
    pages = rng.choice(len(_PAGES), count, p=np.asarray(_PAGE_WEIGHTS) / sum(_PAGE_WEIGHTS))
    for second, agent, page in zip(seconds, agents, pages, strict=True):
        at = (midnight + timedelta(seconds=float(second))).astimezone(_CHINA)
        inside = rng.random() < 0.3 and 8 <= at.hour < 18
        user = users[int(rng.integers(0, len(users)))] if inside else None
        path = _OFFICE[int(rng.integers(0, len(_OFFICE)))] if inside else _PAGES[int(page)]
        address = user.addresses[0] if user else ".".join(str(part) for part in (113, *rng.integers(1, 255, 3)))
        yield _line(address, user.name if user else "-", at, path, _AGENTS[0 if inside else int(agent)], rng)


def _line(address: str, user: str, at: datetime, path: str, agent: str, rng: Rng) -> str:
    asked = path.replace("{number}", str(int(rng.integers(1, 99_999)))).replace("{page}", str(int(rng.integers(1, 40))))
    status = 200 if rng.random() < 0.95 else int(rng.choice([301, 304, 403, 404, 502]))
    size = int(rng.lognormal(8, 1.3)) if status == 200 else int(rng.integers(0, 600))
    return f'{address} - {user} [{at:%d/%b/%Y:%H:%M:%S %z}] "GET {asked} HTTP/1.1" {status} {size} "-" "{agent}"\n'
