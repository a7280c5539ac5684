import pytest

from detectors.discovery.evaluation.fourth.rows import row
from detectors.discovery.evaluation.fourth.tables import tables
from detectors.discovery.evaluation.fourth.writing import written

_SEED = 20261122


def test_tables_are_long_and_of_a_dozen_rows() -> None:
    rows = {len(table.columns[0].values) for table in tables(_SEED)}
    assert min(rows) == 12
    assert max(rows) >= 100


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(ValueError, match="no token"):
        written("<nobody>", row("a", 0))
