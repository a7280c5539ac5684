"""The province at a size of so many columns: at full size the story's own tables and the estate around them."""

from collections.abc import Callable, Iterator

from soc.demo.estate.fill import Truth, truth_of
from soc.demo.estate.plan import ITEMS, RELATIONS, Plan
from soc.demo.estate.pools import Pools
from soc.demo.estate.relation import Relation
from soc.demo.estate.write import write_relations, written_name
from soc.demo.province import province
from soc.demo.table import SAME_SHAPE, Table
from soc.demo.world import World
from soc.demo.write import destination_of, write

Progress = Callable[[str, int], None]
#: what each column of each relation really holds
Truths = dict[str, dict[str, Truth]]


def write_estate(destination: str, seed: int, items: int | None, progress: Progress) -> tuple[int, Truths]:
    """Write the whole province, or so much of it that it has ``items`` columns.

    Args:
        destination: a URL, a SQLite file or a folder.
        seed: of everything.
        items: None for all 1,335 relations and 35,672 columns.
        progress: told each relation and its rows.

    Returns:
        The count of rows, and the truth by relation as a scan calls it and by column.
    """
    schemas = "://" in destination and "postgresql" in str(destination_of(destination))
    truths: Truths = {}
    total = 0
    if items is None:
        total += write(destination, _noted(province(World.of(seed, "province")), truths, schemas), progress)
    relations = relations_of(seed, items)
    truths |= {written_name(one, schemas=schemas): truth_of(one) for one in relations}
    return total + write_relations(destination, relations, Pools(seed), progress), truths


def relations_of(seed: int, items: int | None) -> list[Relation]:
    """What is written around the story's own tables."""
    if items is not None:
        return Plan(seed).first(items)
    story = list(province(World.of(seed, SAME_SHAPE)))
    columns = sum(len(table.columns) for table in story)
    return list(Plan(seed, RELATIONS - len(story), ITEMS - columns).all)


def _noted(tables: Iterator[Table], truths: Truths, schemas: bool) -> Iterator[Table]:
    for table in tables:
        name = f"{table.schema}.{table.name}" if schemas else table.name
        truths[name] = {column.name: column.type for column in table.columns}
        yield table
