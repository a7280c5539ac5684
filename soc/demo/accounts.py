"""Who works with the province's databases: accounts, the persons behind them, and their posts (岗位)."""

from dataclasses import dataclass
from enum import StrEnum

from soc.demo.chance import Rng
from soc.demo.places import Place
from soc.demo.table import rng_for
from soc.demo.world import World


class Post(StrEnum):
    """岗位: what somebody is there for; their peers are those of the same post."""

    WINDOW = "窗口受理"
    ENFORCEMENT = "执法办案"
    STATISTICS = "统计分析"
    OPERATIONS = "数据运维"
    FINANCE = "财务审计"
    PERSONNEL = "人事教育"
    PORTS = "港航管理"
    SERVICE = "服务账号"


@dataclass(frozen=True)
class DemoAccount:
    """A database account. ``person`` and ``person_uid`` are None for a service.

    ``starts_on`` is the day of the history (from 0) on which the account is first used.
    """

    name: str
    post: Post
    org: str
    person: str | None
    person_uid: str | None
    addresses: tuple[str, ...]
    app: str
    daily: int  # statements of an ordinary working day
    starts_on: int = 0


#: per post: how many persons, the app they use, statements a day, whether they sit at the province
_STAFFING = (
    (Post.WINDOW, 16, "window-client", 90, False),
    (Post.ENFORCEMENT, 14, "enforcement-app", 60, False),
    (Post.STATISTICS, 6, "bi-report", 35, True),
    (Post.OPERATIONS, 4, "psql", 40, True),
    (Post.FINANCE, 4, "finance-erp", 45, True),
    (Post.PERSONNEL, 3, "hr-client", 30, True),
    (Post.PORTS, 4, "port-client", 40, False),
)
#: service accounts: name, app, statements a day, address
_SERVICES = (
    ("svc_portal", "portal-api", 420, "10.44.200.11"),
    ("svc_gnss", "gnss-gateway", 300, "10.44.200.12"),
    ("svc_etc", "etc-sync", 240, "10.44.200.13"),
    ("svc_exchange", "data-exchange", 24, "10.44.200.14"),
    ("svc_backup", "pg_dump", 12, "10.44.200.15"),
)
_PREFIX = {
    Post.WINDOW: "win",
    Post.ENFORCEMENT: "zf",
    Post.STATISTICS: "tj",
    Post.OPERATIONS: "yw",
    Post.FINANCE: "cw",
    Post.PERSONNEL: "rs",
    Post.PORTS: "gh",
}
PROVINCE = "440000"


def demo_accounts(world: World) -> list[DemoAccount]:
    """Every account of the province, the same for the same seed."""
    rng = rng_for(world.seed, "accounts")
    made: list[DemoAccount] = []
    for post, count, app, daily, central in _STAFFING:
        for number in range(1, count + 1):
            made.append(_person(rng, world, post, number, app, daily, central, len(made)))
    return made + [_service(name, app, daily, address) for name, app, daily, address in _SERVICES]


def _person(
    rng: Rng, world: World, post: Post, number: int, app: str, daily: int, central: bool, index: int
) -> DemoAccount:
    place = world.places[int(rng.integers(0, len(world.places)))]
    third = 100 + index
    fixed = f"10.44.{third}.{int(rng.integers(10, 250))}"
    second = (f"10.44.{third}.{int(rng.integers(10, 250))}",) if rng.random() < 0.3 else ()
    return DemoAccount(
        name=f"{_PREFIX[post]}_{_seat(place, central)}_{number:02d}",
        post=post,
        org=PROVINCE if central else place.code,
        person=world.staff.names[index],
        person_uid=f"GD{index + 1:05d}",
        addresses=(fixed, *second),
        app=app,
        daily=max(5, int(daily * rng.lognormal(0, 0.35))),
        starts_on=int(rng.integers(18, 26)) if rng.random() < 0.05 else 0,
    )


def _seat(place: Place, central: bool) -> str:
    return "gd" if central else place.code


def _service(name: str, app: str, daily: int, address: str) -> DemoAccount:
    return DemoAccount(name, Post.SERVICE, PROVINCE, None, None, (address,), app, daily)
