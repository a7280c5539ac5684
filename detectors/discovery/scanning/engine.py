"""What decides how values are read: a digest of recognizers, engine and sample, so that old readings are known as such."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import detectors
from config import content
from detectors.discovery.sources.base import Sampling
from soc.ledger.own_types import OwnDefinition

_DATA = ("types.toml", "names.toml", "things.toml", "abbreviations.toml")
_CODE = ("recognizers", "discovery")
#: parts of discovery that read or schedule, and decide nothing about values
_APART = frozenset({"scanning", "evaluation", "pages", "commands.py", "jobs.py", "demo.py", "offers.py", "service.py"})


def digest_of(sampling: Sampling, own: Sequence[OwnDefinition] = ()) -> str:
    """A digest of everything that makes one reading say something else than another of the same values."""
    told: dict[str, Any] = {"engine": _engine(), "rows": sampling.rows, "seed": sampling.seed}
    told["headers"] = sampling.headers
    if own:
        told["own"] = [one.digest for one in own]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


@cache
def _engine() -> str:
    """Of the shipped definitions and of the code that applies them."""
    sums = hashlib.sha256()
    room = Path(detectors.__file__).parent
    files = [content.path(name) for name in _DATA]
    files += sorted(path for part in _CODE for path in (room / part).rglob("*.py") if not _is_apart(path, room / part))
    for path in files:
        sums.update(path.name.encode() + b"\x00" + path.read_bytes())
    return sums.hexdigest()


def _is_apart(path: Path, part: Path) -> bool:
    return part.name == "discovery" and path.relative_to(part).parts[0] in _APART
