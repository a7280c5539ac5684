"""What of an event an own format may say: attributes that are taken from fields, and those that may be set."""

from collections.abc import Mapping
from typing import Any

from audit.ingest.frame import EVENT_TYPES

#: an event's identity, what the kernel works out, and what only enrichment says
_NOT_SAID = frozenset(
    {"time", "category_uid", "class_uid", "type_uid", "activity_id", "severity_id", "status_id", "query_info.uid"}
    | {"metadata.uid", "metadata.logged_time", "metadata.log_name", "raw_data", "unmapped"}
)
#: attributes that a field may become
MAPPABLE: tuple[str, ...] = tuple(
    name for name in EVENT_TYPES if name not in _NOT_SAID and not name.startswith("guanlan.")
)
#: OCSF's classes that formats speak of; 0 is none of them
CLASSES = (0, 1001, 1007, 1008, 2004, 3001, 3002, 3003, 3006, 4001, 4002, 4003, 4006, 6003, 6005)
HTTP, DATASTORE, API, LOGIN, BASE = 4002, 6005, 6003, 3002, 0
DIALECTS = ("mysql", "oracle", "tsql")
_NUMBERS: Mapping[str, frozenset[int]] = {
    "class_uid": frozenset(CLASSES),
    "activity_id": frozenset({*range(20), 99}),
    "severity_id": frozenset({*range(7), 99}),
    "status_id": frozenset({0, 1, 2, 99}),
}
_TEXTS = ("api.operation", "metadata.product.name", "actor.app_name", "status_code")
#: attributes that may be the same for all, or follow from a value
SETTABLE = (*_NUMBERS, *_TEXTS)
_LONGEST = 200


def may_be(name: str, value: Any) -> bool:
    """Whether an attribute may be set to a value."""
    if name in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and value in _NUMBERS[name]
    return name in _TEXTS and isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()
