"""The published mapping is the one that is used."""

from pathlib import Path

from audit.ingest.ecs import mapping_page
from audit.ingest.frame import EVENT_TYPES


def test_the_page_says_what_the_code_does() -> None:
    page = Path(__file__).parents[3] / "docs" / "ecs-mapping.md"
    assert page.read_text(encoding="utf-8") == mapping_page()


def test_every_column_of_the_mapping_exists() -> None:
    from audit.ingest.ecs import MAPPING

    assert [line.column for line in MAPPING if not line.column.startswith("+") and line.column not in EVENT_TYPES] == []
