import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.backup.rows import decoded, encoded

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.uuids()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.lists(JSON, max_size=3)
    | st.dictionaries(st.text(max_size=6), JSON, max_size=3)
)


@given(value=VALUES)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    again = decoded(json.loads(json.dumps(encoded(value))))
    assert (again, type(again)) == (value, type(value))


def test_a_json_value_that_looks_like_ours_stays_what_it_is() -> None:
    value = {"$uuid": "00000000-0000-0000-0000-000000000000"}
    assert decoded(encoded(value)) == value


def test_a_value_without_a_way_to_be_written_is_refused() -> None:
    with pytest.raises(TypeError):
        encoded(object())


def test_plain_examples_read_well() -> None:
    assert encoded(datetime(2026, 11, 22, tzinfo=UTC)) == {"$at": "2026-11-22T00:00:00+00:00"}
    assert encoded(timedelta(seconds=1)) == {"$us": 1_000_000}
    assert encoded(Decimal("1.50")) == {"$decimal": "1.50"}
    assert encoded(UUID(int=1)) == {"$uuid": "00000000-0000-0000-0000-000000000001"}
