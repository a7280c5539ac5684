"""What a scan knows of one table: the counts of its columns and of what they say of one another.

A profile is made of a batch of rows and merges with those of other batches, in any order and grouping,
so a scan may be split over processes or machines. It holds counts only, never a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from detectors.discovery.columns import Column, profile
from detectors.discovery.finding import ColumnFinding
from detectors.discovery.measure import Measures, measure, measure_counted
from detectors.discovery.relations import Relations, added, related
from detectors.discovery.sketches import VALUES, sketch


@dataclass(frozen=True, slots=True)
class Profile:
    """Measures by column, in the order in which columns were first seen, and relations between columns."""

    columns: Mapping[str, Measures] = field(default_factory=dict)
    relations: Relations = field(default_factory=dict)

    @classmethod
    def of(cls, frame: pl.DataFrame, *, model: bool = True, key: bytes | None = None) -> "Profile":
        """Measure one batch.

        Args:
            frame: its columns as text, or as anything that casts to text.
            model: whether the lexical model may read a sample of names.
            key: the installation's key for sketches; none are made without it.
        """
        measures = {name: measure(frame[name], model=model) for name in frame.columns}
        if key is not None:
            measures = {
                name: replace(counted, sketches={VALUES: sketch(frame[name], key)})
                for name, counted in measures.items()
            }
        return cls(measures, related(frame))

    def merge(self, other: "Profile") -> "Profile":
        """Return the profile of both batches together."""
        both = {name: self.columns[name] + other.columns[name] for name in self.columns.keys() & other.columns.keys()}
        columns = {name: both.get(name, measures) for name, measures in {**self.columns, **other.columns}.items()}
        return Profile(columns, added(self.relations, other.relations))

    def described(self, comments: Mapping[str, str]) -> list[Column]:
        """The columns with their comments in the source."""
        return [Column(name, measures, comments.get(name, "")) for name, measures in self.columns.items()]

    def findings(self, comments: Mapping[str, str] | None = None, *, named: bool = True) -> tuple[ColumnFinding, ...]:
        """Decide what each column holds.

        Args:
            comments: of columns, by name.
            named: False hides names and comments from the decision.
        """
        return profile(self.described(comments or {}), named=named, relations=self.relations)


def counted(name: str, values: pl.Series, rows: pl.Series, *, model: bool = True, key: bytes | None = None) -> Profile:
    """Profile one column of which each value was counted.

    Args:
        name: of the column.
        values: its values as text, each once.
        rows: how many rows have each of them.
        model: whether the lexical model may read a sample of names.
        key: the installation's key for sketches; none is made without it.
    """
    measures = measure_counted(values, rows, model=model)
    if key is not None:
        measures = replace(measures, sketches={VALUES: sketch(values, key)})
    return Profile({name: measures})
