"""Columns in which nothing stands are known from the footers of the files, and events have them all the same."""

from pathlib import Path

from soc.logstore.blanks import Blanks
from soc.logstore.delta import DeltaLogStore
from soc.logstore.fields import COLUMNS
from soc.logstore.parts import Part
from soc.logstore.port import SearchRequest
from tests.contract import corpus


def stored(home: Path, *rows: dict[str, object]) -> DeltaLogStore:
    """Return a store with one event a file."""
    store = DeltaLogStore(home)
    for number, row in enumerate(rows):
        one = {"guanlan.org": "o", "time": corpus.START} | row
        store.append(corpus.table(corpus.numbered([one], f"b{number}")), batch=f"b{number}")
    return store


def parts(store: DeltaLogStore) -> tuple[Part, ...]:
    """Return its files."""
    return store._log.snapshot().parts


def test_a_column_is_blank_where_no_file_has_a_value_in_it(tmp_path: Path) -> None:
    store = stored(tmp_path, {"guanlan.tables": ["public.t"]}, {"message": "said"})
    known = Blanks(store.folder, COLUMNS)
    both, blank = parts(store), known.among(parts(store))
    assert {"guanlan.columns", "file.path", "guanlan.rows"} <= blank
    assert not blank & {"guanlan.tables", "message", "time", "metadata.uid", "guanlan.org"}
    assert {"message", "guanlan.tables"} & known.among(both[:1])
    assert known.among(()) == frozenset()


def test_events_have_every_column_whichever_are_blank(tmp_path: Path) -> None:
    store = stored(tmp_path, {"guanlan.tables": ["public.t"]}, {"message": "said"})
    events = store.search(SearchRequest()).events
    assert [set(event) for event in events] == [set(COLUMNS)] * 2
    assert sorted((str(event["message"]), event["guanlan.tables"]) for event in events) == [
        ("None", ["public.t"]),
        ("said", None),
    ]
    found = store.get("b1-0000", SearchRequest().scope)
    assert found is not None
    assert found["guanlan.columns"] is None


def test_of_a_file_that_cannot_be_read_nothing_is_blank(tmp_path: Path) -> None:
    broken = Part("broken.parquet", 3, 1, 0, 0)
    (tmp_path / broken.name).write_bytes(b"PAR")
    assert Blanks(tmp_path, COLUMNS).among((broken,)) == frozenset()


def test_a_column_that_came_later_is_blank_in_files_from_before(tmp_path: Path) -> None:
    store = stored(tmp_path, {"message": "said"})
    known = Blanks(store.folder, (*COLUMNS, "guanlan.tomorrow"))
    assert "guanlan.tomorrow" in known.among(parts(store))
