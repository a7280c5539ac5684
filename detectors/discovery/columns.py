"""The column engine: a table of values in, findings out. Pure: it reads no source and keeps no value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from detectors.discovery.context import informed
from detectors.discovery.decide import decide, finding_of
from detectors.discovery.finding import ColumnFinding, Tier
from detectors.discovery.measure import Measures, measure
from detectors.discovery.relations import Relations
from detectors.discovery.weighing import Candidate, joined, own_candidates
from detectors.discovery.witness import testified
from detectors.recognizers import own
from detectors.recognizers.definition import recognizers
from detectors.recognizers.hints import SILENT, NameOpinion, read_name
from detectors.recognizers.position import axis_of

_PAIRED, _NAMED = 0.7, 0.6
#: where the other half of a position stands, the likeliest place first
_BESIDE = (1, -1, 2, -2)


@dataclass(frozen=True, slots=True)
class Column:
    """A column before its decision: its name, its comment and what its values look like."""

    name: str
    measures: Measures
    comment: str = ""


def profile_column(
    name: str, comment: str, values: pl.Series, neighbours: Mapping[str, pl.Series] | None = None
) -> ColumnFinding:
    """Return what one column holds.

    Args:
        name: its name; empty where names are to be hidden from the decision.
        comment: its comment in the source, may be empty.
        values: the values, or a sample, as text or anything that casts to text.
        neighbours: the other columns of the table by name; a latitude beside makes a longitude.
    """
    columns = [Column(name, measure(values), comment)]
    columns += [Column(other, measure(series, model=False)) for other, series in (neighbours or {}).items()]
    return profile(columns)[0]


def profile(
    columns: Sequence[Column], *, named: bool = True, relations: Relations | None = None
) -> tuple[ColumnFinding, ...]:
    """Decide every column of one table, with its neighbours in view.

    Args:
        columns: in their order.
        named: False hides names and comments from the decision (``--no-headers``).
        relations: what columns say of one another, row by row.
    """
    opinions = [read_name(column.name, column.comment) if named else SILENT for column in columns]
    alone = [
        testified(column.name, column.comment, column.measures, opinion)
        for column, opinion in zip(columns, opinions, strict=True)
    ]
    weighed = informed([column.name for column in columns], alone, relations or {})
    told = [with_own(opinion, column, named=named) for column, opinion in zip(columns, opinions, strict=True)]
    findings = [
        decide(column.name, column.measures, opinion, [*its, *own_candidates(column.measures, opinion)], column.comment)
        for column, opinion, its in zip(columns, told, weighed, strict=True)
    ]
    return tuple(_positions(columns, findings, named=named))


def with_own(opinion: NameOpinion, column: Column, *, named: bool) -> NameOpinion:
    """A name's opinion with what it says of organisations' own types; what it says of shipped ones stays."""
    said = own.named(column.name, column.comment) if named and own.sought() else {}
    return replace(opinion, types={**opinion.types, **said}, said=True) if said else opinion


def _positions(columns: Sequence[Column], findings: Sequence[ColumnFinding], *, named: bool) -> list[ColumnFinding]:
    """Find longitude and latitude columns: by name and range, or side by side in range and precision."""
    settled = list(findings)
    axes = [axis_of(column.name, column.comment) if named else None for column in columns]
    for place, column in enumerate(columns):
        if not _free(settled[place]):
            continue
        partner = next((place + step for step in _BESIDE if _pair(columns, axes, place, place + step)), None)
        if partner is not None and _taken(columns, axes, place, partner):
            partner = None
        shares = {side: column.measures.share(column.measures.hits, f"axis_{side}") for side in ("lon", "lat")}
        side = axes[place] or max(shares, key=lambda one: shares[one])
        strength = joined(_NAMED if axes[place] else 0.0, _PAIRED if partner is not None else 0.0)
        # a name alone needs its partner's name or the range; a pair alone needs both ranges
        if strength and shares[side] >= 0.5:
            strength = joined(strength, 0.6 * shares[side] if axes[place] else 0.0)
            beside = (columns[partner].name or side) if partner is not None else ""
            best = Candidate(
                recognizers()["lonlat"],
                strength,
                shares[side],
                name=1.0 if axes[place] else 0.0,
                proven=partner is not None and shares[side] >= 0.8,
                neighbour=beside,
            )
            settled[place] = finding_of(column.name, best, column.measures, SILENT, comment=column.comment)
    return settled


def _free(finding: ColumnFinding) -> bool:
    return finding.type is None or finding.tier is Tier.LOW


def _taken(columns: Sequence[Column], axes: Sequence[str | None], place: int, partner: int) -> bool:
    """Whether a column's partner is another's, by name or nearer by.

    One longitude has one latitude; what else lies in a latitude's range is a speed.
    """
    if axes[place]:
        return False
    others = [
        partner + step for step in _BESIDE if partner + step != place and _pair(columns, axes, partner, partner + step)
    ]
    return any((axes[partner] and axes[other]) or abs(other - partner) < abs(place - partner) for other in others)


def _pair(columns: Sequence[Column], axes: Sequence[str | None], place: int, other: int) -> bool:
    """Whether two columns are a longitude and a latitude by their ranges."""
    if not 0 <= other < len(columns):
        return False
    first, second = columns[place].measures, columns[other].measures
    lon = [one.share(one.hits, "axis_lon") for one in (first, second)]
    lat = [one.share(one.hits, "axis_lat") for one in (first, second)]
    if {axes[place], axes[other]} == {"lon", "lat"}:
        return True
    return (lon[0] >= 0.8 and lat[1] >= 0.8) or (lat[0] >= 0.8 and lon[1] >= 0.8)
