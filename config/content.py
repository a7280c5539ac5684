"""Where the default content (taxonomy, policies, clocks, indicators, divisions) lies."""

from pathlib import Path

_CONTENT = Path(__file__).parent / "data"


def path(name: str) -> Path:
    """Return the path of the shipped data file ``name``.

    Raises:
        FileNotFoundError: no such file is shipped.
    """
    found = (_CONTENT / name).resolve()
    if not found.is_relative_to(_CONTENT.resolve()) or not found.exists():
        raise FileNotFoundError(name)
    return found
