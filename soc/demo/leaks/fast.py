# ruff: noqa: S608 - made-up statements of a made-up province, nothing in them comes from outside
"""Leaks that are over in a day or three."""

from dataclasses import dataclass, replace

from soc.demo.leaks.leak import Plot, Scene
from soc.demo.leaks.posts import Post
from soc.demo.leaks.services import SERVICES
from soc.demo.leaks.staff import Worker
from soc.demo.leaks.statements import copy_out, grant, listing, page
from soc.demo.leaks.tables import trial_tables

_SIZES = {table.name: table.rows for table in trial_tables()}
#: what is sold: table, its key
WORTH = (
    ("practitioner.archive", "id"), ("vehicle.owner", "id"), ("toll.etc_user", "id"), ("hr.staff", "gh"),
    ("port.crew", "id"), ("practitioner.health_check", "id"), ("company.contact", "id"), ("hotline.ticket", "id"),
    ("practitioner.exam", "id"), ("finance.payee", "id"),
)  # fmt: skip
_TOOLS = ("psql", "DBeaver", "Navicat", "")
_TECHNICAL = {Post.OPERATIONS, Post.CONTRACTOR, Post.STATISTICS, Post.LICENSING, Post.TOLL_AUDIT}


def loot(scene: Scene) -> tuple[str, str, int]:
    """Choose a table worth taking: its name, its key, its rows."""
    table, key = WORTH[int(scene.rng.integers(0, len(WORTH)))]
    return table, key, _SIZES[table]


def tool(scene: Scene) -> str:
    """Choose a program: a client of one's own, or (empty) the one of the post."""
    return _TOOLS[int(scene.rng.integers(0, len(_TOOLS)))]


def copy_dump(scene: Scene) -> Plot:
    """Copy a whole table, or a good part of it, once or twice."""
    day = scene.day()
    thief, (table, _, size) = scene.thief(day, day + 2, _TECHNICAL), loot(scene)
    plot, app = Plot(entities=[thief.person]), tool(scene)
    for step in range(int(scene.rng.integers(1, 3))):
        part = scene.rng.random() < 0.4
        what = f"(SELECT * FROM {table} WHERE id < {{n}})" if part else table
        plot.acts.append(scene.act(thief, day, scene.hour() + step * 0.05, copy_out(what), 0, app))
        plot.taken += int(size * 0.3) if part else size
    return plot


def pg_dump(scene: Scene) -> Plot:
    """Dump some tables one after the other with the dumping program, from one's own desk."""
    day, names = scene.day(), sorted(_SIZES)
    thief = scene.thief(day, day + 2, {Post.OPERATIONS, Post.CONTRACTOR})
    plot = Plot(entities=[thief.person])
    hour = float(scene.rng.choice([scene.hour(), scene.rng.uniform(18.5, 23.0)]))
    for name in scene.rng.choice(names, int(scene.rng.integers(3, 25)), replace=False).tolist():
        hour += float(scene.rng.uniform(0.002, 0.02))
        plot.acts.append(scene.act(thief, day, hour, copy_out(name), 0, "pg_dump"))
        plot.taken += _SIZES[name]
    return plot


def paging(scene: Scene) -> Plot:
    """Go through a table page by page."""
    day = scene.day()
    thief, (table, key, size) = scene.thief(day, day + 3, portal=True), loot(scene)
    plot, step = Plot(entities=[thief.person]), int(scene.rng.choice([100, 200, 500, 1_000]))
    pattern = page(table, "*", step, by_offset=bool(scene.rng.random() < 0.5), key=key)
    wanted = min(size, scene.between(15_000, 250_000))
    days = scene.after(day, int(scene.rng.integers(1, 3)))
    for each in days:
        hour, pause = scene.hour(), float(scene.rng.uniform(2, 15)) / 3600
        count = max(1, min(wanted // step // len(days), 800))
        plot.acts += [scene.act(thief, each, hour + turn * pause, pattern, step) for turn in range(count)]
        plot.taken += count * step
    return plot


def night_export(scene: Scene) -> Plot:
    """Take long lists of one's own field when the office is empty."""
    day = scene.day()
    thief, (table, key, _) = scene.thief(day, day + 2), loot(scene)
    plot, hour = Plot(entities=[thief.person]), float(scene.rng.uniform(20.2, 23.0))
    for _ in range(int(scene.rng.integers(4, 20))):
        rows, hour = scene.between(300, 5_000), hour + float(scene.rng.uniform(0.005, 0.04))
        plot.acts.append(scene.act(thief, day, hour, listing(table, "*", 300, 5_000, key), rows))
        plot.taken += rows
    return plot


def service_password(scene: Scene) -> Plot:
    """Log in from a desk with the password of an application."""
    day = scene.day()
    thief = scene.thief(day, day + 3, {Post.CONTRACTOR, Post.OPERATIONS})
    service = SERVICES[int(scene.rng.integers(0, len(SERVICES)))]
    plot, goods = Plot(entities=[service.account]), loot(scene)
    app = str(scene.rng.choice(["psql", "DBeaver", service.app]))
    lists = Lists(goods, turns=(2, 10), rows=(500, 20_000), pause=0.02)
    _take_lists(scene, plot, replace(thief, account=service.account), day, lists, app)
    return plot


def dormant_account(scene: Scene) -> Plot:
    """Use the account of somebody who went long ago."""
    day = scene.day()
    gone = scene.thief(day, day + 3)
    scene.workforce.staff[gone.number] = replace(gone, leaves=int(scene.rng.choice([0, 0, 4, 9])))
    plot, goods, app = Plot(entities=[gone.person]), loot(scene), tool(scene)
    ip = f"10.{int(scene.rng.integers(48, 69))}.{int(scene.rng.integers(0, 240))}.{int(scene.rng.integers(10, 250))}"
    _take_lists(scene, plot, gone, day, Lists(goods, turns=(1, 8), rows=(100, 4_000), pause=0.03), app, ip)
    return plot


def widened_grant(scene: Scene) -> Plot:
    """Have somebody of operations give one the right to a table, and read it."""
    day = scene.day(5)
    keeper = scene.thief(day, day + 6, {Post.OPERATIONS})
    thief, goods = scene.thief(day, day + 6), loot(scene)
    plot, app = Plot(entities=[thief.person]), tool(scene)
    plot.before.append(scene.act(keeper, day, scene.hour(), grant(goods[0], thief.account), 0))
    _take_lists(scene, plot, thief, day + 1, Lists(goods, turns=(1, 8), rows=(200, 5_000), pause=0.03), app)
    return plot


@dataclass(frozen=True, slots=True)
class Lists:
    """Long lists of one table: how often a day, how many rows each (from, below), and hours between two."""

    goods: tuple[str, str, int]
    turns: tuple[int, int]
    rows: tuple[int, int]
    pause: float


def _take_lists(scene: Scene, plot: Plot, worker: Worker, day: int, lists: Lists, app: str, ip: str = "") -> None:
    """Take them on one to three days from ``day`` on."""
    table, key, _ = lists.goods
    for each in scene.after(day, int(scene.rng.integers(1, 4))):
        hour = scene.hour()
        for turn in range(int(scene.rng.integers(*lists.turns))):
            rows = scene.between(*lists.rows)
            pattern = listing(table, "*", *lists.rows, key)
            plot.acts.append(scene.act(worker, each, hour + turn * lists.pause, pattern, rows, app, ip))
            plot.taken += rows


def view_bypass(scene: Scene) -> Plot:
    """Read the table under the masked view that one should use."""
    day = scene.day()
    thief = scene.thief(day, day + 3, {Post.STATISTICS, Post.CONTRACTOR})
    plot, app = Plot(entities=[thief.person]), tool(scene)
    for each in scene.after(day, int(scene.rng.integers(1, 4))):
        for _ in range(int(scene.rng.integers(1, 5))):
            rows = scene.between(200, 4_000)
            pattern = listing("practitioner.archive", "id, xm, sfzh, sjhm", 200, 4_000)
            plot.acts.append(scene.act(thief, each, scene.hour(), pattern, rows, app))
            plot.taken += rows
    return plot


def table_sampling(scene: Scene) -> Plot:
    """Look around in tables that one never used, a few rows of each."""
    day, names = scene.day(), sorted(_SIZES)
    thief = scene.thief(day, day + 3, {Post.CONTRACTOR, Post.OPERATIONS, Post.STATISTICS, Post.TOLL_AUDIT})
    plot, app = Plot(entities=[thief.person]), tool(scene)
    chosen = scene.rng.choice(names, int(scene.rng.integers(15, 61)), replace=False).tolist()
    days = scene.after(day, int(scene.rng.integers(1, 4)))
    for index, name in enumerate(chosen):
        rows = int(scene.rng.choice([5, 10, 50, 100]))
        pattern = listing(name, "*", 5, 100, "gh" if name.startswith("hr.") else "id")
        plot.acts.append(scene.act(thief, days[index % len(days)], scene.hour(), pattern, rows, app))
        plot.taken += rows
    return plot
