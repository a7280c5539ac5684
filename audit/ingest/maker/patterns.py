"""Which patterns of people an own format may have: RE2's language, small enough that no line takes long."""

import polars as pl

from soc.ledger.own_matching import PatternRefusedError, compiled

LONGEST_PATTERN = 2_000
#: instructions of RE2's program: the time a line takes at worst grows with it
LARGEST_PROGRAM = 1_500
#: names that the envelope's parts and the readers have
_TAKEN_HEADS = ("syslog_",)
_TAKEN = frozenset({"pairs"})


class PatternWrongError(ValueError):
    """A pattern that is refused: ``key`` is the message, ``params`` its parts."""

    def __init__(self, key: str, **params: object) -> None:
        """Say why."""
        super().__init__(key)
        self.key, self.params = key, params


def named_fields(pattern: str) -> tuple[str, ...]:
    """Return the names of a pattern's fields, in their order.

    Raises:
        PatternWrongError: it is none of RE2's, too large, or names no field, or one that is taken.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternWrongError("maker.problem.long", most=LONGEST_PATTERN)
    try:
        found = compiled(pattern)
    except PatternRefusedError as error:
        raise PatternWrongError("maker.problem.re2", reason=str(error)[:200]) from error
    if found.programsize > LARGEST_PROGRAM:
        raise PatternWrongError("maker.problem.large", size=found.programsize, most=LARGEST_PROGRAM)
    _refuse_for_columns(pattern)
    names = tuple(sorted(found.groupindex, key=found.groupindex.__getitem__))
    taken = [name for name in names if name in _TAKEN or name.startswith(_TAKEN_HEADS)]
    if taken:
        raise PatternWrongError("maker.problem.taken", name=taken[0])
    if not names:
        raise PatternWrongError("maker.problem.no_groups")
    if found.groups != len(names):
        raise PatternWrongError("maker.problem.bare_group")
    return names


def _refuse_for_columns(pattern: str) -> None:
    """The engine that reads columns is as linear as RE2, and takes nearly the same language: what it does not, is refused."""
    try:
        pl.Series(["-"]).str.extract_groups(pattern)
        pl.Series(["-"]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        raise PatternWrongError("maker.problem.re2", reason=str(error)[:200]) from error
