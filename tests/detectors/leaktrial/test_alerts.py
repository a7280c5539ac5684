"""How each contender ranks a day made by hand."""

from datetime import UTC, date, datetime

from detectors.behaviour.facts import EntityDay
from detectors.findings import EntityKind, FindingKind, NewFinding
from detectors.leaktrial.alerts import Day, PlainForest, Product, RulesAlone, Told, VolumeThreshold
from soc.exposure import Figure
from soc.text import Message
from tests.detectors.behaviour.days import facts, key

TODAY = date(2026, 3, 10)


def finding(score: int, kind: FindingKind = FindingKind.RULE, hour: int = 10, dedup: str = "") -> NewFinding:
    moment = datetime(2026, 3, 10, hour, tzinfo=UTC)
    return NewFinding(
        org="440000", kind=kind, entity_kind=EntityKind.PERSON, entity_name="a", title=Message("t"), reasons=[],
        parts=[], score=score, level="G4", rows=Figure(), persons=Figure(), events=[], first_at=moment, last_at=moment,
        dedup_key=dedup or f"{kind}/{score}/{hour}",
    )  # fmt: skip


def entity(name: str, rows: int, rank: int = 4, *, service: bool = False) -> EntityDay:
    return EntityDay(key(name, service=service), TODAY, facts(rows, rank=rank))


def day(*entities: EntityDay, rules: object = (), habits: object = ()) -> Day:
    return Day(TODAY, entities, rules, habits)  # type: ignore[arg-type]


def test_the_product_joins_an_entitys_findings_and_takes_the_highest() -> None:
    given = day(
        rules=[("person:a", finding(45)), ("person:b", finding(60))],
        habits=[("person:a", finding(80, FindingKind.BEHAVIOUR))],
    )
    assert [(one.reference, one.score) for one in Product().alerts(given)] == [("person:a", 80), ("person:b", 60)]
    assert [(one.reference, one.score) for one in RulesAlone().alerts(given)] == [("person:b", 60), ("person:a", 45)]


def test_of_equal_scores_the_newer_comes_first() -> None:
    given = day(rules=[("person:a", finding(45, hour=8)), ("person:b", finding(45, hour=9))])
    assert [one.reference for one in Product().alerts(given)] == ["person:b", "person:a"]


def test_the_threshold_ranks_persons_by_graded_rows() -> None:
    given = day(entity("little", 10), entity("much", 900), entity("open", 5_000, 1), entity("svc", 9_000, service=True))
    assert [(one.reference, one.score) for one in VolumeThreshold().alerts(given)] == [
        ("person:much", 900),
        ("person:little", 10),
    ]


def test_the_forest_learns_from_days_before_and_scores_what_lies_at_the_edge_highest() -> None:
    forest = PlainForest()
    ordinary = [entity(f"p{number}", 20 + number % 7) for number in range(60)]
    assert {one.score for one in forest.alerts(day(*ordinary))} == {0.0}
    scores = {one.reference: one.score for one in forest.alerts(day(*ordinary, entity("thief", 90_000)))}
    assert scores["person:thief"] == max(scores.values()) > scores["person:p3"]  # beyond what it knows all is alike


def test_what_was_told_is_told_again_only_where_it_became_graver() -> None:
    told = Told()
    weeks = [[("person:a", finding(score, dedup="drip"))] for score in (50, 52, 53, 53)]
    assert [len(told.fresh(one)) for one in weeks] == [1, 0, 1, 0]
