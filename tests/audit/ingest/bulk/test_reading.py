"""The body of ``_bulk``."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.bulk.reading import BulkBrokenError, Why, read_bulk

DOCUMENTS = st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=20), st.integers(0, 9)), max_size=3)
IDS = st.one_of(st.none(), st.text("abc-1", min_size=1, max_size=8))
ACTIONS = st.sampled_from(["create", "index", "update", "delete"])


@given(st.lists(st.tuples(ACTIONS, IDS, DOCUMENTS), max_size=8), st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
def test_every_action_is_an_item_in_its_order(
    asked: list[tuple[str, str | None, dict[str, object]]], end: bytes
) -> None:
    body = b""
    for action, item_id, document in asked:
        told = {"_index": "logs"} | ({} if item_id is None else {"_id": item_id})
        body += orjson.dumps({action: told}) + b"\n"
        body += b"" if action == "delete" else orjson.dumps(document) + end
    items = read_bulk(body)
    assert [(item.action, item.id) for item in items] == [(action, item_id) for action, item_id, _ in asked]
    for item, (action, _, document) in zip(items, asked, strict=True):
        refused = action in {"update", "delete"}
        assert item.why_not == (Why.ACTION if refused else None)
        assert refused or orjson.loads(item.document) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(body: bytes) -> None:
    with suppress(BulkBrokenError):
        assert all(item.action for item in read_bulk(body))


@pytest.mark.parametrize(
    ("document", "why"), [(b"{half", Why.JSON), (b"[1]", Why.OBJECT), (b'"text"', Why.OBJECT), (b"{}", None)]
)
def test_a_document_is_one_json_object(document: bytes, why: Why | None) -> None:
    (item,) = read_bulk(b'{"create":{}}\n' + document + b"\n", "logs")
    assert item.why_not == why


def test_an_item_without_an_index_and_one_with_an_endless_id_are_refused() -> None:
    body = b'{"create":{}}\n{}\n{"create":{"_index":"a","_id":"%s"}}\n{}\n' % (b"x" * 600)
    assert [item.why_not for item in read_bulk(body)] == [Why.INDEX, Why.ID]
