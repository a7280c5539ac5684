"""Cells that no spreadsheet takes for a formula.

A value that begins with ``= + - @``, a tab or a carriage return runs as a formula where a CSV is
opened with a spreadsheet; an apostrophe before it makes it text. Plain numbers stay as they are.

Source: OWASP, CSV Injection.
"""

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?%?")


def safe_cell(value: str) -> str:
    """Return a cell that shows the value and runs nothing."""
    if value.lstrip(" ").startswith(_STARTS) and not _NUMBER.fullmatch(value.strip(" ")):
        return f"'{value}"
    return value
