"""When a sample may stop growing: which columns are still in doubt after what was read so far.

A sample comes in growing batches. After each, the columns whose finding more rows could change are read
further and the others are left alone; when none is left, so is the table.
"""

from collections.abc import Sequence

from detectors.discovery.columns import Column
from detectors.discovery.finding import ColumnFinding, Tier
from detectors.discovery.measure import Measures

#: values that settle a finding that is sure, and the absence of one
_SURE, _NOTHING = 100, 300
#: a column with fewer values than this in an ordinary sample is read further than that
_SPARSE = 30


def doubtful(columns: Sequence[Column], findings: Sequence[ColumnFinding], *, ordinary: bool) -> frozenset[str]:
    """Names of the columns that are to be read further.

    Args:
        columns: what was measured so far.
        findings: what would be found if this were all, in the same order.
        ordinary: the ordinary sample has been read; only columns that are nearly empty go on.
    """
    pairs = zip(columns, findings, strict=True)
    if ordinary:
        return frozenset(one.name for one, found in pairs if _nearly_empty(one.measures, found))
    return frozenset(one.name for one, found in pairs if not _settled(one.measures, found))


def _nearly_empty(measures: Measures, finding: ColumnFinding) -> bool:
    return 0 < measures.filled < _SPARSE and finding.tier is not Tier.HIGH


def _settled(measures: Measures, finding: ColumnFinding) -> bool:
    if measures.filled < _SURE:
        return False
    if finding.type is not None:
        return finding.tier is Tier.HIGH or (finding.tier is Tier.MEDIUM and measures.filled >= _NOTHING)
    if _is_list_of_choices(measures):
        return True
    return measures.filled >= _NOTHING and not measures.inside and not _hinted(measures)


def _is_list_of_choices(measures: Measures) -> bool:
    """A few values over and over: more rows would say the same again."""
    return measures.filled >= _NOTHING and measures.distinct <= max(6, measures.filled // 50)


def _hinted(measures: Measures) -> bool:
    """Whether a few values have a type's right check digit, or are masked, in a column that is held for nothing."""
    hidden = sum(measures.hidden.values())
    return bool(hidden) or any(
        0.02 < count / measures.distinct < 0.6 and count >= 3 for count in measures.passed.values()
    )
