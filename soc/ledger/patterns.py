"""The pattern of a column: its name without ornament, what the scan takes it for, and the shape of its values.

Columns of one pattern are so much alike that what an owner says of one is worth asking of the others.
"""

import re

_ORNAMENT = re.compile(r"[^a-z一-鿿]")
_RUN = re.compile(r"(字|A)\1+")


def normal_name(name: str) -> str:
    """A column's name in small letters without digits and signs; the name itself where nothing is left."""
    return _ORNAMENT.sub("", name.lower()) or name.lower()


def pattern_of(name: str, scan_type: str | None, shape: str) -> str:
    """Return the pattern of a column.

    Args:
        name: the column's name.
        scan_type: what the scan takes it for.
        shape: the commonest shape of its values (9 a digit, A a letter, 字 a Han character); how many
            letters or Han characters stand in a row does not matter, how many digits does.
    """
    drawn = _RUN.sub(r"\1", shape)[:40]
    return f"{normal_name(name)[:80]}|{scan_type or '-'}|{drawn}"
