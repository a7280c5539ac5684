"""An address as the logs know it: through what it was used, what failed, where data went and how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from incidents.entities.looking import Look
from incidents.entities.parties import MOST_SUMMED, RANK, Totals, narrowed, totals_of, whole
from soc.entities import APPLICATION, TABLES
from soc.logstore.exposed import BASIS, EXPOSING
from soc.logstore.port import COUNT, GroupRow, Metric, MetricKind
from soc.logstore.query import Value

_INSIDE = "guanlan.inside"
_DOORS = (APPLICATION, "class_uid", "status_id", _INSIDE)
_DESTINATIONS = ("dst_endpoint.ip", "dst_endpoint.hostname", "dst_endpoint.port", "database.name")
_OUT = Metric(MetricKind.SUM, "traffic.bytes_out")
_TOLD = Metric(MetricKind.VALUES, "traffic.bytes_out")
#: OCSF: authentication, and its failure
AUTHENTICATION, FAILURE = 3002, 2
FAILED = f"class_uid:{AUTHENTICATION} AND status_id:{FAILURE}"
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that went out, as far as the logs say: of so many events, so many told it."""

    bytes: int
    told: int
    events: int


@dataclass(frozen=True, slots=True)
class Door:
    """An application that was used from the address; "" for events that name none."""

    application: str
    times: int
    failed_logins: int
    query: str


@dataclass(frozen=True, slots=True)
class Destination:
    """What was reached: a host, a port, a database, as far as the logs name them."""

    ip: str
    host: str
    port: int | None
    database: str
    times: int
    sent: Sent
    query: str


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address's last thirty days; ``inside`` is None where events differ or none says it."""

    totals: Totals
    inside: bool | None
    doors: tuple[Door, ...]
    failed_logins: int
    logins: int
    sent: Sent

    @property
    def nothing(self) -> bool:
        """Whether the reader's logs say nothing of its last thirty days."""
        return not self.totals.times


@dataclass(frozen=True, slots=True)
class Reached:
    """Where an address's events led lately, and which tables they read, the most frequent of each."""

    destinations: tuple[Destination, ...]
    tables: tuple[tuple[str, int], ...]


def address_facts(look: Look) -> AddressFacts | None:
    """Ask what is known of an address: one question of the store; None where the reader's organisations never saw it."""
    metrics = (*EXPOSING, _OUT, _TOLD)
    doors = look.store.aggregate(look.lately, (*_DOORS, RANK, BASIS), metrics, limit=MOST_SUMMED).rows
    if not doors and not look.ever_seen():
        return None
    logins = [row for row in doors if row.key[1] == AUTHENTICATION]
    return AddressFacts(
        totals=totals_of(doors),
        inside=_inside(doors),
        doors=_doors(doors, look.entity.query),
        failed_logins=_times(row for row in logins if row.key[2] == FAILURE),
        logins=_times(logins),
        sent=_sent(doors),
    )


def reached_from(look: Look) -> Reached:
    """Ask where its events led, and to which tables: two questions of the store."""
    led = look.store.aggregate(look.lately, _DESTINATIONS, (COUNT, _OUT, _TOLD), limit=_SHOWN).rows
    tables = look.store.top(look.lately, (TABLES,), limit=_SHOWN)[TABLES].rows
    return Reached(
        tuple(_destination(row, look.entity.query) for row in led if any(one is not None for one in row.key)),
        tuple((str(name), count) for name, count in tables),
    )


def _times(rows: Iterable[GroupRow]) -> int:
    return sum(whole(row, COUNT) for row in rows)


def _inside(rows: Sequence[GroupRow]) -> bool | None:
    told = {row.key[3] for row in rows} - {None}
    return bool(told.pop()) if len(told) == 1 else None


def _doors(rows: Sequence[GroupRow], query: str) -> tuple[Door, ...]:
    apart: dict[Value | None, list[GroupRow]] = {}
    for row in rows:
        apart.setdefault(row.key[0], []).append(row)
    found = [_door(name, of, query) for name, of in apart.items()]
    return tuple(sorted(found, key=lambda one: (-one.times, one.application)))


def _door(name: Value | None, rows: Sequence[GroupRow], query: str) -> Door:
    failed = [row for row in rows if row.key[1:3] == (AUTHENTICATION, FAILURE)]
    led = narrowed(query, (APPLICATION,), (name,))
    return Door("" if name is None else str(name), _times(rows), _times(failed), led)


def _sent(rows: Sequence[GroupRow]) -> Sent:
    return Sent(sum(whole(row, _OUT) for row in rows), sum(whole(row, _TOLD) for row in rows), _times(rows))


def _destination(row: GroupRow, query: str) -> Destination:
    ip, host, port, database = row.key
    led = narrowed(query, _DESTINATIONS, row.key)
    return Destination(
        ip=_text(ip),
        host=_text(host),
        port=port if isinstance(port, int) else None,
        database=_text(database),
        times=whole(row, COUNT),
        sent=_sent([row]),
        query=led,
    )


def _text(value: Value | None) -> str:
    return "" if value is None else str(value)
