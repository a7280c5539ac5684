"""How the patterns of the catalogue are written out: shared parts put in, guards put around; for every engine that uses them."""

from soc.ledger.types import parts


def expand(pattern: str) -> str:
    """Put the shared parts (``<prov>``, ``<ymd>`` …) into a pattern."""
    for name, part in parts().items():
        pattern = pattern.replace(f"<{name}>", part)
    return pattern


def whole(pattern: str) -> str:
    """Anchor a pattern at both ends of a value."""
    return f"^(?:{expand(pattern)})$"


def plain(pattern: str) -> str:
    """A pattern for ``re``, which knows no ``\\p{Han}``."""
    return expand(pattern).replace(r"\p{Han}", "[\u3400-\u9fff]")


def guarded(pattern: str) -> str:
    r"""Guard a pattern for use in sentences.

    ``\b`` sees no border between a Han character and a digit, so the guards look at Latin letters
    and digits only, and a pattern that begins or ends with a Han character needs none there.
    """
    return rf"(?<![0-9A-Za-z])(?:{plain(pattern)})(?![0-9A-Za-z])"
