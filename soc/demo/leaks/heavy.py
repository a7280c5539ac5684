# ruff: noqa: S608 - made-up statements of a made-up province, nothing in them comes from outside
"""Honest work that looks like theft: the yearly report, a correction of data, a migration, an inspection's request."""

from collections.abc import Iterator

from soc.demo.chance import Rng
from soc.demo.leaks.honest import Workforce, stays
from soc.demo.leaks.log import Act
from soc.demo.leaks.posts import BY_POST, Post
from soc.demo.leaks.staff import Worker
from soc.demo.leaks.statements import Pattern, change, copy_out, grant, listing, page

#: per 1,000 people and 90 days
_REPORTS, _CORRECTIONS, _MIGRATIONS, _REQUESTS, _GRANTS = 3.0, 2.0, 0.8, 4.0, 3.0
_REPORTED = ("practitioner.archive", "vehicle.owner", "toll.etc_user", "port.crew", "hr.staff", "practitioner.exam")


def heavy_acts(workforce: Workforce, rng: Rng) -> list[Act]:
    """Return every honest heavy job of the whole trial."""
    scale = len(workforce.staff) * workforce.days / 90_000
    jobs = (
        (_REPORTS, _report),
        (_CORRECTIONS, _correction),
        (_MIGRATIONS, _migration),
        (_REQUESTS, _request),
        (_GRANTS, _granted),
    )
    return [act for rate, job in jobs for _ in range(int(rng.poisson(rate * scale))) for act in job(workforce, rng)]


def someone(workforce: Workforce, rng: Rng, posts: set[Post], first: int, until: int) -> Worker:
    """Choose somebody of these posts who is there all the time; whoever, where nobody is."""
    fit = [w for w in workforce.staff if w.post_on(first) in posts and stays(w, first, until) and not w.portal]
    fit = fit or [w for w in workforce.staff if stays(w, first, until) and not w.portal] or workforce.staff
    return fit[int(rng.integers(0, len(fit)))]


def _when(workforce: Workforce, rng: Rng, length: int) -> int:
    return int(rng.integers(0, max(workforce.days - length, 1)))


def _act(
    workforce: Workforce, worker: Worker, day: int, hour: float, pattern: Pattern, rows: int, app: str = ""
) -> Act:
    plan = BY_POST[worker.post_on(day)]
    number = workforce.book.number(pattern)
    return Act(day, hour * 3600, worker.account, app or plan.app, workforce.address(worker, day), number, rows)


def _report(workforce: Workforce, rng: Rng) -> Iterator[Act]:
    """Draw a yearly report: some days of long lists, and one copy of a query."""
    first, table = _when(workforce, rng, 5), _REPORTED[int(rng.integers(0, len(_REPORTED)))]
    worker = someone(workforce, rng, {Post.STATISTICS, Post.LICENSING, Post.PERSONNEL}, first, first + 5)
    key = "gh" if table == "hr.staff" else "id"
    for day in range(first, first + int(rng.integers(1, 5))):
        for _ in range(int(rng.integers(2, 9))):
            rows = int(rng.integers(500, 8_000))
            yield _act(workforce, worker, day, float(rng.uniform(9, 18)), listing(table, "*", 500, 8_000, key), rows)
    yield _act(
        workforce,
        worker,
        first,
        float(rng.uniform(14, 19)),
        copy_out(f"(SELECT xm, count(*) FROM {table} GROUP BY xm LIMIT 5000)"),
        0,
    )


def _correction(workforce: Workforce, rng: Rng) -> Iterator[Act]:
    """Correct wrong records: hundreds of them are read one after the other and changed."""
    first = _when(workforce, rng, 3)
    worker = someone(workforce, rng, {Post.LICENSING, Post.OPERATIONS, Post.WINDOW}, first, first + 3)
    for day in range(first, first + int(rng.integers(1, 4))):
        hour = float(rng.uniform(9, 16))
        for step in range(int(rng.integers(80, 400))):
            at = hour + step * 0.005
            yield _act(
                workforce,
                worker,
                day,
                at,
                Pattern("SELECT id, xm, sfzh, sjhm FROM practitioner.archive WHERE id = {n}"),
                1,
            )
            yield _act(workforce, worker, day, at + 0.002, change("practitioner.archive", "sjhm"), 1)


def _migration(workforce: Workforce, rng: Rng) -> Iterator[Act]:
    """Move tables to another cluster in a weekend or night, page by page or by copying, with a ticket."""
    first = _when(workforce, rng, 2)
    worker = someone(workforce, rng, {Post.OPERATIONS}, first, first + 2)
    hour = float(rng.choice([10.0, 19.5, 21.0]))
    for table in rng.choice(_REPORTED, int(rng.integers(1, 4)), replace=False).tolist():
        hour += 0.4
        if rng.random() < 0.6:
            yield _act(workforce, worker, first, hour, copy_out(table), 0)
            continue
        pattern = page(table, "*", 1_000, by_offset=False, key="gh" if table == "hr.staff" else "id")
        for step in range(int(rng.integers(40, 120))):
            yield _act(workforce, worker, first, hour + step * 0.002, pattern, 1_000)


def _request(workforce: Workforce, rng: Rng) -> Iterator[Act]:
    """Answer an inspection or a court: some hundred records of a table that is not one's daily work."""
    day, table = _when(workforce, rng, 1), _REPORTED[int(rng.integers(0, len(_REPORTED)))]
    worker = someone(workforce, rng, {Post.AUDIT, Post.ENFORCEMENT, Post.LICENSING, Post.FINANCE}, day, day + 1)
    key = "gh" if table == "hr.staff" else "id"
    for _ in range(int(rng.integers(1, 6))):
        rows = int(rng.integers(40, 900))
        yield _act(workforce, worker, day, float(rng.uniform(9, 17.5)), listing(table, "*", 40, 900, key), rows)


def _granted(workforce: Workforce, rng: Rng) -> Iterator[Act]:
    """Give somebody a right for a new duty, which they then use as anybody would."""
    first = _when(workforce, rng, 12)
    worker = someone(workforce, rng, {Post.STATISTICS, Post.LICENSING, Post.TOLL_AUDIT}, first, first + 12)
    keeper = someone(workforce, rng, {Post.OPERATIONS}, first, first + 12)
    table = _REPORTED[int(rng.integers(0, len(_REPORTED)))]
    key = "gh" if table == "hr.staff" else "id"
    yield _act(workforce, keeper, first, float(rng.uniform(9, 17)), grant(table, worker.account), 0)
    for day in range(first + 1, first + 12):
        for _ in range(int(rng.poisson(1.5))):
            pattern = listing(table, "*", 1, 60, key)
            yield _act(workforce, worker, day, float(rng.uniform(9, 17.5)), pattern, int(rng.integers(1, 60)))
