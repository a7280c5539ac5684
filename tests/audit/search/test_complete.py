"""Suggestions: fields by name and word, values by how often they are, within the scope alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.search.complete import fields_like, suggested, values_like
from audit.search.labels import field_word
from audit.search.places import place_in
from soc.logstore.fields import FIELDS
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Scope, Value
from soc.text import known, speaking
from tests.contract import corpus
from tests.contract.conftest import embedded

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HERE = SearchRequest(scope=Scope.of(["440100"]))


def filled(store: LogStore) -> LogStore:
    """Thirty events of here, and one of somebody else's."""
    rows: list[dict[str, object]] = [
        {
            "time": NOON - timedelta(minutes=place),
            "actor.user.name": ("app_ro", "app_ro", "app_rw", "zhang", "App")[place % 5],
            "http_response.code": (200, 200, 404)[place % 3],
            "guanlan.tables": ["public.people", "港口.靠泊"],
            "guanlan.rules": ["rule-1" if place % 2 else "rule-2"],
            "guanlan.export": place % 3 == 0,
            "guanlan.org": "440100",
        }
        for place in range(30)
    ]
    rows.append({"time": NOON, "actor.user.name": "app_secret", "guanlan.org": "440300"})
    made = [
        event | {"guanlan.org": row["guanlan.org"]} for event, row in zip(corpus.numbered(rows, "c"), rows, strict=True)
    ]
    store.append(corpus.table(made), batch="c")
    store.refresh()
    return store


def words(name: str, values: list[Value]) -> Mapping[Value, str]:
    """What rules are called."""
    return {"rule-1": "批量导出", "rule-2": "夜间读取"} if name == "guanlan.rules" else {}


def test_every_field_has_a_word_in_both_languages() -> None:
    assert not [name for name in FIELDS if not known(f"logfield.{name}")]


@pytest.mark.parametrize(
    ("lang", "text", "first"),
    [("zh", "账号", "actor.user.name"), ("en", "Source add", "src_endpoint.ip"), ("en", "user", "actor.user.name")],
)
def test_a_field_is_found_by_its_word_and_by_a_part_of_its_name(lang: str, text: str, first: str) -> None:
    with speaking(lang):
        found = fields_like(text, field_word)
        assert (found[0].label, found[0].text, found[0].note) == (first, f"{first}:", field_word(first))
        assert len(found) <= 10
        assert not fields_like("转账", field_word)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("actor.user.name", "app", [("app_ro", 12), ("app_rw", 6)]),
        ("actor.user.name", "", [("app_ro", 12), ("App", 6), ("app_rw", 6), ("zhang", 6)]),
        ("actor.user.name", "app_s", []),
        ("http_response.code", "4", [("404", 10)]),
        ("guanlan.tables", "港", [("港口.靠泊", 30)]),
        ("guanlan.export", "t", [("true", 10)]),
        ("guanlan.rules", "夜间", [("rule-2", 15)]),
        ("message", "a", []),
        ("time", "2", []),
        ("no.such", "a", []),
        ("actor.user.name", "a" * 201, []),
    ],
)
def test_values_are_those_that_begin_so_or_are_called_so(
    either_store: LogStore, name: str, text: str, expected: list[tuple[str, int]]
) -> None:
    found = values_like(filled(either_store), HERE, name, text, words)
    assert [(one.label, one.count) for one in found] == expected


def test_a_suggested_value_finds_the_events_it_counts(either_store: LogStore) -> None:
    store = filled(either_store)
    for one in values_like(store, HERE, "guanlan.export", "", words):
        assert store.count(SearchRequest(parse(one.text), scope=HERE.scope)) == one.count


def told(store: LogStore, q: str) -> list[str]:
    """Return what is suggested at the end of a query, as it is shown."""
    with speaking("en"):
        found = suggested(store, HERE, place_in(q, len(q)), field_word, words, NOON)
    assert all(one.note or one.count for one in found), "each says what it means, or how often it is there"
    return [one.label for one in found]


def written(store: LogStore, q: str, label: str) -> str:
    """Return the query as it is once a suggestion is taken."""
    place = place_in(q, len(q))
    with speaking("en"):
        found = suggested(store, HERE, place, field_word, words, NOON)
    return q[: place.start] + next(one.text for one in found if one.label == label)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("message:a ", ["AND", "OR", "AND NOT"]),
        ("(message:a ", ["AND", "OR", "AND NOT", ")"]),
        ("message:a A", ["AND", "AND NOT"]),
        ("message:a AND", []),
        ("http_response.code:", ["200", "404", ">=", ">", "<=", "<", "[ TO ]", "*"]),
        ("time:", [">=now-24h", ">=now-7d", "2026-11-20", ">=", ">", "<=", "<", "[ TO ]", "*"]),
        ("time:>=", ["now-24h", "now-7d", "now-30d", "2026-11-20"]),
        ("time:[", ["now-24h", "now-7d", "now-30d", "2026-11-20", "*"]),
        ("time:[now-7d ", ["TO"]),
        ("time:[now-7d TO now ", ["]", "}"]),
        ("actor.user.name:app", ["app_ro", "app_rw", "app*"]),
        ("src_endpoint.ip:", ["10.0.0.0/8", "(… OR …)", '"…"', "*"]),
        ("actor.user.name:(", ["app_ro", "App", "app_rw", "zhang", "NOT"]),
        ("guanlan.export:", ["false", "true", "*"]),
        ("message:", ['"…"', "*"]),
        ('"message', []),
        ("no.such:", []),
    ],
)
def test_what_the_language_offers_depends_on_the_place(tmp_path: Path, q: str, expected: list[str]) -> None:
    found = told(filled(embedded(tmp_path)), q)
    assert [one for one in found if one not in FIELDS] == expected


def test_where_a_condition_begins_come_fields_and_what_begins_one(tmp_path: Path) -> None:
    store = filled(embedded(tmp_path))
    assert told(store, "")[:4] == ["NOT", "(", "_exists_:", '"']
    assert told(store, "message:a AND ")[:5] == ["NOT", "(", "_exists_:", '"', next(iter(FIELDS))]
    assert told(store, "_exists_:rules") == ["guanlan.rules"]


@pytest.mark.parametrize(
    ("q", "label", "behind", "count"),
    [
        ("_exists_:rul", "guanlan.rules", "", 30),
        ("actor.user.name:app", "app*", "", 18),
        ("actor.user.name:(", "App", ")", 6),
        ("message:* OR NOT actor.user.name:", "zhang", "", 24),
        ("time:[2026-11-20 ", "TO", "*]", 30),
        ("http_response.code:", ">=", "400", 10),
    ],
)
def test_what_is_taken_is_a_query(tmp_path: Path, q: str, label: str, behind: str, count: int) -> None:
    store = filled(embedded(tmp_path))
    assert store.count(SearchRequest(parse(written(store, q, label) + behind), scope=HERE.scope)) == count
