"""Every check, by its id; those of the data themselves among them."""

from collections.abc import Iterator, Mapping
from functools import cache

from detectors.weaknesses import files, mysql, opensearch, postgresql
from detectors.weaknesses.values import Hit, Store, StoreCheck
from soc.ledger.levels import Level

_ANY = frozenset({"postgresql", "mysql", "mariadb", "opensearch", "sqlite", "duckdb", "files"})


def _in_clear(store: Store) -> Iterator[Hit]:
    """Items of level 4 and above that lie in clear: the protection baseline asks for encryption."""
    count = sum(found for level, found in store.clear.items() if level.rank >= Level.G4.rank)
    if count:
        yield Hit("", {"count": count})


CHECKS: tuple[StoreCheck, ...] = (
    *postgresql.CHECKS,
    *mysql.CHECKS,
    *opensearch.CHECKS,
    *files.CHECKS,
    StoreCheck("data.in_clear", _ANY, 2, "protection baseline", _in_clear, "D"),
)


@cache
def checks() -> Mapping[str, StoreCheck]:
    """Every check by its id."""
    return {one.id: one for one in CHECKS}


def checks_for(kind: str) -> tuple[StoreCheck, ...]:
    """The checks of one kind of store, in their order."""
    return tuple(one for one in CHECKS if kind in one.kinds)
