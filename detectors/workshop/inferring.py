"""A pattern from sample values: which classes of signs in which lengths, and how many of the values it covers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from soc.ledger.own_matching import compiled

MOST_VALUES = 1000
_CLASSES = {"9": r"\d", "A": "[A-Z]", "a": "[a-z]", "字": r"\p{Han}"}
#: a run of letters that is the same in so many values is a sign of the type, and kept as it is
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pattern, and how many of so many values it takes."""

    pattern: str
    covered: int
    values: int


def inferred(values: Sequence[str]) -> Proposal | None:
    """Propose a pattern for the commonest form of the values; None where there are none."""
    given = [value.strip() for value in values[:MOST_VALUES] if value.strip()]
    if not given:
        return None
    forms = Counter(_form(value) for value in given)
    common = max(forms, key=lambda form: (forms[form], form))
    alike = [_runs(value) for value in given if _form(value) == common]
    pattern = "".join(_piece([runs[place] for runs in alike]) for place in range(len(common)))
    whole = compiled(f"(?:{pattern})")
    return Proposal(pattern, sum(whole.fullmatch(value) is not None for value in given), len(given))


def _class(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return "9" if sign.isdigit() else "A" if sign.isupper() else "a"
    return "字" if "\u3400" <= sign <= "\u9fff" else sign


def _runs(value: str) -> list[str]:
    return ["".join(run) for _, run in groupby(value, key=_class)]


def _form(value: str) -> tuple[str, ...]:
    return tuple(kind for kind, _ in groupby(value, key=_class))


def _piece(runs: list[str]) -> str:
    kind, lengths = _class(runs[0][0]), sorted({len(run) for run in runs})
    constant = len(set(runs)) == 1 and len(runs) >= _ENOUGH
    if kind not in _CLASSES or (constant and kind != "9"):
        return re.escape(runs[0]) if len(lengths) == 1 else f"{re.escape(runs[0][0])}{{{lengths[0]},{lengths[-1]}}}"
    count = f"{{{lengths[0]}}}" if len(lengths) == 1 else f"{{{lengths[0]},{lengths[-1]}}}"
    return _CLASSES[kind] + ("" if count == "{1}" else count)
