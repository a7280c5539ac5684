"""Reading OCSF events."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.ingest.formats.reading import lines

NAMES = st.sampled_from(["actor", "user", "name", "unmapped", "api", "service", "device", "src_endpoint", "ip", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.dictionaries(NAMES, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_every_field_comes_back_at_its_place(fields: dict[str, object]) -> None:
    event = {"class_uid": 6005, "time": 1795312800123, **fields}
    (found,) = lines("ocsf", orjson.dumps(event))
    assert _within(_pruned(event), found)


def _pruned(value: object) -> object:
    """Leave out nulls and objects without anything in them: they say nothing."""
    if isinstance(value, dict):
        kept = {name: _pruned(inner) for name, inner in value.items() if inner is not None}
        return {name: inner for name, inner in kept.items() if inner != {}}
    return value


def _within(part: object, whole: object) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and _within(one, whole[name]) for name, one in part.items()
        )
    return part == whole


def test_what_is_no_event_is_an_error_with_its_line() -> None:
    text = '{"class_uid":1,"time":0}\nnope\n\n[1]\n{"class_uid":"x","time":1}\n{"class_uid":1}\n{"class_uid":1,"time":"2026-11-22T10:00:00"}'
    found = lines("ocsf", text)
    assert [one.get("line") for one in found] == [None, 1, 3, 4, 5, None]
    assert found[-1]["time"] == 1795312800000
