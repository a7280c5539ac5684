"""Leaks that go on for weeks, each day of which is little."""

from collections.abc import Iterator
from dataclasses import replace

from soc.demo.leaks.fast import loot, tool
from soc.demo.leaks.leak import Plot, Scene
from soc.demo.leaks.log import Act
from soc.demo.leaks.posts import BY_POST, POSTS, Post
from soc.demo.leaks.staff import Worker
from soc.demo.leaks.statements import Pattern, listing, one_of

#: posts that have to do with persons all day
_FRONT = {Post.WINDOW, Post.ENFORCEMENT, Post.LICENSING, Post.HOTLINE, Post.TOLL_AUDIT}
_LOOKED_UP = (
    one_of("practitioner.archive", "*", "sfzh", "id"), one_of("vehicle.owner", "*", "cphm", "plate"),
    one_of("toll.etc_user", "*", "cphm", "plate"), one_of("practitioner.health_check", "tjjl", "sfzh", "id"),
)  # fmt: skip


def accomplices(scene: Scene) -> Plot:
    """Take one table together, each their own range."""
    day, (table, key, _) = scene.day(10), loot(scene)
    length = int(scene.rng.integers(3, 10))
    first = scene.thief(day, day + 20, _FRONT | {Post.DISPATCH, Post.PORTS})
    plot = Plot(entities=[first.person])
    crew = [first] + [_mate(scene, first, day) for _ in range(int(scene.rng.integers(2, 6)))]
    plot.entities = [one.person for one in crew]
    for each in scene.after(day, length):
        for one in crew:
            for rows in _split(scene, scene.between(120, 700)):
                pattern = listing(table, "*", 20, 700, key)
                plot.acts.append(scene.act(one, each, scene.hour(), pattern, rows))
                plot.taken += rows
    return plot


def _mate(scene: Scene, first: Worker, day: int) -> Worker:
    """Choose a colleague of the same post and city, or whoever of the post there is."""
    near = [
        w
        for w in scene.workforce.staff
        if w.city == first.city and w.post is first.post and w.number not in scene.used and w.at_work(day)
    ]
    if not near:
        return scene.thief(day, day + 20, {first.post})
    chosen = near[int(scene.rng.integers(0, len(near)))]
    scene.used.add(chosen.number)
    return chosen


def _split(scene: Scene, rows: int) -> Iterator[int]:
    """Divide a day's rows over some statements."""
    parts = int(scene.rng.integers(1, 5))
    for _ in range(parts):
        yield max(1, rows // parts)


def _daily(scene: Scene, thief: Worker, days: list[int], least: float, most: float, pattern: Pattern) -> Iterator[Act]:
    for each in days:
        away = scene.workforce.leave[thief.number]
        if not away.first <= each < away.until:
            for rows in _split(scene, round(float(scene.rng.uniform(least, most)))):
                yield scene.act(thief, each, scene.hour(), pattern, rows)


def _told(thief: Worker, acts: list[Act]) -> Plot:
    return Plot(acts, [thief.person], sum(act.rows for act in acts))


def under_threshold(scene: Scene) -> Plot:
    """Stay just below what is said to be watched, day after day."""
    length = int(scene.rng.integers(10, 26))
    day, (table, key, _) = scene.day(length), loot(scene)
    thief = scene.thief(day, day + 2 * length, portal=True)
    limit = int(scene.rng.choice([200, 500, 1_000]))
    pattern = listing(table, "*", 20, limit, key)
    return _told(thief, list(_daily(scene, thief, scene.after(day, length), 0.8 * limit, 0.98 * limit, pattern)))


def drip_40(scene: Scene) -> Plot:
    """Take some forty records each working day for two months."""
    days = scene.after(scene.begins, int(scene.rng.integers(38, 44)))
    thief, (table, key, _) = scene.thief(days[0], days[-1] + 1, portal=True), loot(scene)
    pattern = listing(table, "*", 5, 60, key)
    return _told(thief, list(_daily(scene, thief, days, 28, 52, pattern)))


def lookup_3(scene: Scene) -> Plot:
    """Look up three persons a day for money (查档), among the look-ups of one's work."""
    length = int(scene.rng.integers(25, 42))
    day = scene.workdays[0] if scene.rng.random() < 0.5 else scene.day(length)
    days = scene.after(day, length)
    thief = scene.thief(day, days[-1] + 1, _FRONT, portal=True)
    own = [task.pattern.of_city(thief.city) for task in BY_POST[thief.post_on(day)].tasks if "'{" in task.pattern.sql]
    whole_file = scene.rng.random() < 0.5  # everything about a person, or only what the own program shows anyway
    acts = []
    for each in days:
        for _ in range(int(scene.rng.integers(2, 5))):
            hour, asked = scene.hour(), _LOOKED_UP[:3] if whole_file or not own else own[:1]
            acts += [scene.act(thief, each, hour + step * 0.01, pattern, 1) for step, pattern in enumerate(asked)]
    return _told(thief, acts)


def leaver(scene: Scene) -> Plot:
    """Harvest in the last two weeks before one goes."""
    day = scene.day(10)
    days = scene.after(day, 10)
    thief, (table, key, _) = scene.thief(day, days[-1] + 1), loot(scene)
    scene.workforce.staff[thief.number] = replace(thief, leaves=days[-1] + 1)
    return _some_days(scene, thief, days, (2, 8), (150, 4_000), table, key)


def joiner(scene: Scene) -> Plot:
    """Collect from the first weeks in the office on."""
    day = scene.day(15)
    days = scene.after(day, 16)
    thief, (table, key, _) = scene.thief(day, days[-1] + 1), loot(scene)
    scene.workforce.staff[thief.number] = replace(thief, joins=day)
    return _some_days(scene, thief, days[2:] or days, (4, 11), (100, 2_000), table, key)


def _some_days(
    scene: Scene, thief: Worker, days: list[int], count: tuple[int, int], rows: tuple[int, int], table: str, key: str
) -> Plot:
    chosen = sorted(scene.rng.choice(days, min(len(days), int(scene.rng.integers(*count))), replace=False).tolist())
    app, pattern = tool(scene) if not thief.portal else "", listing(table, "*", *rows, key)
    return _told(
        thief,
        [
            scene.act(thief, int(each), scene.hour(), pattern, part, app)
            for each in chosen
            for part in _split(scene, scene.between(*rows))
        ],
    )


def mover(scene: Scene) -> Plot:
    """Go on reading the tables of the post that one has left."""
    day = scene.day(20)
    days = scene.after(day, 5 + int(scene.rng.integers(10, 25)))
    thief = scene.thief(day, days[-1] + 1, {Post.LICENSING, Post.TOLL_AUDIT, Post.PERSONNEL, Post.FINANCE, Post.PORTS})
    others = [plan.post for plan in POSTS if plan.post is not thief.post]
    moved = replace(thief, moves=day, moves_to=others[int(scene.rng.integers(0, len(others)))])
    scene.workforce.staff[thief.number] = moved
    old = [task.pattern.of_city(thief.city) for task in BY_POST[thief.post].tasks]
    lists = [pattern for pattern in old if "{limit}" in pattern.sql and pattern.most <= 900] or old
    acts = []
    for each in days[5:] or days:
        for _ in range(int(scene.rng.integers(0, 3))):
            pattern = lists[int(scene.rng.integers(0, len(lists)))]
            acts.append(scene.act(moved, each, scene.hour(), pattern, int(scene.rng.integers(30, 300))))
    return _told(moved, acts or [scene.act(moved, days[-1], scene.hour(), lists[0], 100)])
