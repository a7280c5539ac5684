"""Which edition of the shipped rules this is: an installation that kept another keeps this one at its next start."""

import hashlib
from pathlib import Path

_LIBRARY = Path(__file__).with_name("library")


def edition(library: Path = _LIBRARY) -> str:
    """Return a short digest of the rules' names and texts."""
    digest = hashlib.sha256()
    for path in sorted(library.rglob("*.yml")):
        digest.update(path.relative_to(library).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
