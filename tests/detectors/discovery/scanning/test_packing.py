"""Findings in the register and back: nothing is lost, nothing is added."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery.finding import ColumnFinding, Evidence, Secret, Skipped, TableFinding, Tier
from detectors.discovery.scanning.packing import pack, unpack
from soc.ledger.levels import Level

TEXTS = st.text(max_size=20)
SHARES = st.floats(0, 1)
EVIDENCE = st.builds(
    Evidence, rows=st.integers(0, 9**9), filled=st.integers(0, 9**9), distinct=st.integers(0, 9**9), matched=SHARES,
    checked=st.none() | SHARES, masked=SHARES, embedded=SHARES, name=SHARES, shape=TEXTS, neighbour=TEXTS,
)  # fmt: skip
COLUMNS = st.builds(
    ColumnFinding, name=TEXTS, type=st.none() | TEXTS, entity=st.none() | TEXTS, confidence=SHARES, tier=st.sampled_from(Tier),
    masked=st.booleans(), evidence=EVIDENCE, comment=TEXTS, category=st.none() | TEXTS, level=st.sampled_from(Level),
)  # fmt: skip
TABLES = st.builds(
    TableFinding, name=TEXTS, rows=st.integers(0, 9**12), columns=st.lists(COLUMNS, max_size=3).map(tuple),
    rows_estimated=st.booleans(), category=st.none() | TEXTS, level=st.sampled_from(Level), flags=st.lists(TEXTS).map(tuple),
    coverage=st.dictionaries(TEXTS, st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3), path=TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip
FOUND = st.lists(TABLES | st.builds(Skipped, TEXTS, TEXTS) | st.builds(Secret, TEXTS), max_size=3)


@given(FOUND)
def test_what_was_packed_comes_back_equal(found: list[TableFinding | Skipped | Secret]) -> None:
    assert unpack(pack(found)) == found


def test_a_field_that_an_older_version_did_not_know_takes_its_default() -> None:
    old = zlib.compress(b'[["TableFinding",{"name":"t","rows":3,"columns":[],"gone":1}]]')
    assert unpack(old) == [TableFinding("t", 3, ())]
