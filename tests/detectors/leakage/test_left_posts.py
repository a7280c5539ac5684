"""Data of a post that one has left: after the hand-over it is told of, where it is not the new colleagues' work too."""

from collections.abc import Iterator
from datetime import timedelta

from detectors.behaviour.facts import EntityDay
from detectors.leakage.drip import slow_findings
from detectors.leakage.left_posts import LeftPost, left_posts
from tests.detectors.behaviour.days import FIRST, facts, key

DAYS, MOVED = 60, 30
LAST = FIRST + timedelta(days=DAYS - 1)
OLD, NEW, HERE, ELSEWHERE = "人事教育", "执法办案", "440106", "440103"


def days(*, still: int = 12, until: int = DAYS, colleagues: int = 19, org: str = HERE) -> list[EntityDay]:
    """Days of an office, to which one came from another post; who still reads so many rows of the old post's table a day."""
    return [*moved(still, until), *office(colleagues, org)]


def moved(still: int, until: int) -> Iterator[EntityDay]:
    for number in range(DAYS):
        old = number < MOVED
        done = facts(12, table="hr.staff") if old else facts(30, table="t.cases")
        if not old and number < until and still:
            done.add(facts(still, table="hr.staff"))
        yield EntityDay(key("p0", OLD if old else NEW, org=HERE), FIRST + timedelta(days=number), done)


def office(colleagues: int, org: str, tables: tuple[str, ...] = ("t.cases",)) -> Iterator[EntityDay]:
    for number in range(DAYS):
        for one in range(1, colleagues + 1):
            done = facts(30, table=tables[0])
            for table in tables[1:]:
                done.add(facts(2, table=table))
            yield EntityDay(key(f"p{one}", NEW, org=org), FIRST + timedelta(days=number), done)


def found(kept: list[EntityDay]) -> list[LeftPost]:
    return left_posts(kept, LAST)


def test_who_still_reads_the_old_posts_data_is_told_of() -> None:
    kept = days()
    (one,) = found(kept)
    assert (one.day.key.name, one.post, one.tables, one.active_days) == ("p0", OLD, ("hr.staff",), 14)
    told = next(told for whose, told in slow_findings(kept, LAST, HERE) if told.dedup_key.startswith("left_post/"))
    assert 55 <= told.score <= 75
    text = " ".join(reason.render("zh") for reason in told.reasons)
    assert "14 天读取 hr.staff" in text
    assert NEW in text


def test_a_week_of_handing_over_is_honest() -> None:
    assert found(days(until=MOVED + 7)) == []
    assert left_posts(days(), FIRST + timedelta(days=MOVED + 8)) == []


def test_who_reads_the_new_posts_data_only_is_not_told_of() -> None:
    assert found(days(still=0)) == []


def test_a_look_or_two_at_an_old_case_is_too_little() -> None:
    assert found(days(still=1)) == []


def test_what_the_new_colleagues_read_too_is_their_work() -> None:
    assert found([*moved(12, DAYS), *office(19, HERE, ("t.cases", "hr.staff"))]) == []


def test_a_table_of_ones_own_office_is_read_by_few_of_the_whole_post() -> None:
    elsewhere = office(80, ELSEWHERE)
    mate = (EntityDay(key("mate", NEW, org=HERE), LAST, facts(5, table="hr.staff")),)
    assert [one.day.key.name for one in found([*moved(12, DAYS), *elsewhere])] == ["p0"]
    assert found([*moved(12, DAYS), *office(80, ELSEWHERE), *mate]) == []


def test_a_post_that_only_got_another_name_is_no_move() -> None:
    renamed = [
        EntityDay(key(f"p{n}", OLD if at < MOVED else NEW), FIRST + timedelta(days=at), facts(12, table="hr.staff"))
        for at in range(DAYS)
        for n in range(20)
    ]
    assert found(renamed) == []


def test_a_deputy_who_came_back_is_at_the_own_work() -> None:
    kept = [one for one in days(still=0) if one.key.name != "p0"]
    for at in range(DAYS):
        away = 20 <= at < 25
        done = facts(12, table="hr.staff" if away else "t.cases")
        kept.append(EntityDay(key("p0", OLD if away else NEW), FIRST + timedelta(days=at), done))
    assert found(kept) == []


def test_few_colleagues_tell_nothing_of_what_is_their_work() -> None:
    assert found(days(colleagues=5)) == []


def test_a_post_held_for_a_few_days_is_not_known() -> None:
    kept = [one for one in days() if one.key.name != "p0" or one.day >= FIRST + timedelta(days=MOVED - 5)]
    assert found(kept) == []
