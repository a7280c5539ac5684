"""What of a bucket is wanted, and how its address is written."""

import re
from dataclasses import dataclass

from soc.errors import InputError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]", re.IGNORECASE)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.IGNORECASE)
_LONGEST_PREFIX = 1024
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a bucket is wanted."""

    prefix: str = ""
    region: str = "us-east-1"
    #: keys come in the order of time (``2026/11/22/…``): what lies far before the last one is not listed again
    ordered: bool = False
    #: bytes; a larger object is named and passed over
    largest: int = 5 * GIB


def checked_bucket(name: str, wanted: Wanted) -> None:
    """Check a bucket's name and what of it is wanted.

    Raises:
        InputError: a part of it cannot be used.
    """
    if _NAME.fullmatch(name) is None or ".." in name:
        raise InputError("pulls.error.bucket")
    if len(wanted.prefix.encode()) > _LONGEST_PREFIX or not wanted.prefix.isprintable():
        raise InputError("pulls.error.prefix")
    if _REGION.fullmatch(wanted.region) is None or not 0 < wanted.largest <= 1 << 50:
        raise InputError("pulls.error.region")
