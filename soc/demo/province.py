"""Every table of the province, in the order in which they are written."""

from collections.abc import Iterator

from soc.demo.table import Table
from soc.demo.tables import enforcement, office, ports, practitioners, toll, vehicles
from soc.demo.world import World

_DOMAINS = (practitioners, vehicles, enforcement, toll, ports, office)


def province(world: World) -> Iterator[Table]:
    """Make the tables one domain after the other, so that only one is in memory."""
    for domain in _DOMAINS:
        yield from domain.tables(world)
