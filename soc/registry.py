"""Which rooms there are; resolved by name, so that the kernel imports none of them."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from soc.identity.actor import Role
from soc.room import BatchStage, Room, resolve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: from the ground upwards
ROOMS: tuple[str, ...] = (
    "soc.kernel",
    "soc.web.room",
    "audit.room",
    "policies.room",
    "detectors.room",
    "incidents.room",
    "playbooks.room",
    "dashboards.room",
)


@lru_cache(maxsize=1)
def rooms() -> tuple[Room, ...]:
    """Return what every room offers, from the ground upwards."""
    return tuple(resolve(f"{name}:ROOM") for name in ROOMS)


@lru_cache(maxsize=64)
def permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """Return the permissions that any of ``roles`` holds."""
    declared = chain.from_iterable(room.permissions for room in rooms())
    return frozenset(one.name for one in declared if one.roles & roles)


def batch_stages() -> list[BatchStage]:
    """Return every room's stages of the ingest pipeline, in order."""
    return sorted(chain.from_iterable(room.batch_stages for room in rooms()), key=attrgetter("order"))


def value_titles(field: str) -> list[Callable[["Session", list[str]], Mapping[str, Mapping[str, str]]]]:
    """Return the functions that say what the values of a field of events are called."""
    declared = chain.from_iterable(room.value_titles for room in rooms())
    return [resolve(one.titles) for one in declared if one.field == field]


def value_page(field: str) -> str:
    """Return the endpoint of the page that a value of a field of events has; "" where there is none."""
    declared = chain.from_iterable(room.value_titles for room in rooms())
    return next((one.page for one in declared if one.field == field), "")


def load_models(names: Iterable[Room] | None = None) -> None:
    """Import every module that defines models, so that the metadata is whole."""
    for room in names or rooms():
        for module in room.models:
            import_module(module)
