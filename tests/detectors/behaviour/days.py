"""Made-up entity-days for the tests of habits and judgement."""

from datetime import date, timedelta

from detectors.behaviour.facts import WEIGHTS, DayFacts, EntityDay, EntityKey

FIRST = date(2026, 10, 19)  # a Monday


def key(name: str, post: str = "窗口受理", *, service: bool = False, org: str = "440106") -> EntityKey:
    """An entity of a post."""
    return EntityKey("account" if service else "person", name, f"acc_{name}", post, service, org)


def facts(
    rows: int,
    *,
    rank: int = 4,
    table: str = "t.people",
    shape: str = "s1",
    hour: int = 10,
    exports: int = 0,
    host: str = "10.0.0.1",
) -> DayFacts:
    """A day on which ``rows`` rows of one table came back."""
    weight = WEIGHTS[rank] * rows
    return DayFacts(
        reads=max(rows, 1), exports=exports, peak=weight, rows={rank: [rows, rows, rows]}, person_rows=[rows, rows],
        tables={table: weight}, shapes={shape: weight}, hours={hour: weight}, hosts={host: weight},
        events=[(weight, f"e{rows}")], first=1_792_000_000_000_000, last=1_792_000_100_000_000,
    )  # fmt: skip


def ordinary(days: int = 25, people: int = 8, post: str = "窗口受理") -> list[EntityDay]:
    """Weeks in which everybody reads between 10 and 30 rows a day, a little more on Mondays."""
    made = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        for person in range(people):
            rows = 10 + (number * 7 + person * 5) % 20 + (5 if day.weekday() == 0 else 0)
            made.append(EntityDay(key(f"p{person}", post), day, facts(rows, hour=9 + (number + person) % 8)))
    return made
