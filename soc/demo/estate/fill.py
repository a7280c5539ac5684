"""From a plan to values: one relation's rows as a frame."""

import polars as pl

from soc.demo.estate.kinds import TRUTH, Draw, column
from soc.demo.estate.pools import Pools
from soc.demo.estate.relation import Form, Relation
from soc.demo.table import rng_for

#: what a column really holds: nothing sensitive, a type, or any of several
Truth = str | None | list[str | None]
_HIGHEST = 2**31


def frame_of(relation: Relation, pools: Pools) -> pl.DataFrame:
    """The rows of a table; the members of a group are the same person or thing in each row."""
    groups: dict[str, Draw] = {}
    made = []
    for place, one in enumerate(relation.columns):
        rng = rng_for(relation.seed, f"column {place}")
        key = one.group or f"own {place}"
        if key not in groups:
            chosen = rng_for(relation.seed, key).integers(0, _HIGHEST, relation.rows)
            groups[key] = Draw(rng, relation.rows, chosen, pools, relation.dirt)
        draw = Draw(rng, relation.rows, groups[key].chosen, pools, relation.dirt, one.masked)
        made.append(column(one.kind, draw).alias(one.name))
    return pl.DataFrame(made)


def truth_of(relation: Relation) -> dict[str, Truth]:
    """What each column really holds; where there is no value, its name may be believed or not."""
    return {one.name: _truth(one.kind, filled=relation.rows > 0) for one in relation.columns}


def _truth(kind: str, *, filled: bool) -> Truth:
    types: list[str | None] = list(TRUTH.get(kind, ()))
    if not filled and types:
        types.append(None)
    if len(types) > 1:
        return types
    return types[0] if types else None


def is_stored(relation: Relation) -> bool:
    """Whether it has rows of its own; a view has none."""
    return relation.form is not Form.VIEW
