"""All patterns against a value at once: one automaton for each way of putting a value into form.

Trying eighty patterns one after another over short columns costs more in calls than in matching; an
RE2 set walks a value once and says every pattern that fits it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from detectors.recognizers.definition import Proof, Recognizer, recognizers

_MEMORY = 256 << 20  # of one automaton; it grows only as far as values ask for
_SEPARATED = re.compile("[ ·•-]")
LONGEST = 4096  # characters of one value that are looked at


#: behind a type's id: values that its second pattern takes, which counts where the name says the type
ALSO = "+also"


@dataclass(frozen=True, slots=True)
class Form:
    """Types whose values are put into form alike: characters taken away, small letters raised or not."""

    strip: str
    upper: bool
    types: tuple[tuple[str, Recognizer], ...]
    automaton: Any
    table: dict[int, int | None]

    def of(self, value: str) -> str:
        """Put one value into this form."""
        plain = value.translate(self.table) if self.table else value
        return plain.upper() if self.upper else plain


def _automaton(patterns: Iterable[str], *, whole: bool) -> Any:
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    found = re2.Set.FullMatchSet(options) if whole else re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def _bare(pattern: str) -> str:
    return pattern.removeprefix("^").removesuffix("$")


@cache
def forms() -> tuple[Form, ...]:
    """Recognizers with a pattern, by the way their values are put into form first."""
    groups: dict[tuple[str, bool], list[tuple[str, str, Recognizer]]] = {}
    for one in recognizers().values():
        group = groups.setdefault((one.strip, one.upper), [])
        if one.pattern is not None and one.proof is not Proof.OWN:
            group.append((one.id, one.pattern, one))
        if one.also is not None:
            group.append((one.id + ALSO, one.also, one))
    return tuple(
        Form(
            strip=strip,
            upper=upper,
            types=tuple((name, one) for name, _, one in types),
            automaton=_automaton([_bare(pattern) for _, pattern, _ in types], whole=True),
            table=str.maketrans("", "", strip),
        )
        for (strip, upper), types in groups.items()
        if types
    )


def matches(values: Sequence[str]) -> Mapping[str, list[str]]:
    """For each type the values of its shape, put into its form."""
    found: dict[str, list[str]] = {}
    for form in forms():
        for value in values:
            plain = form.of(value)
            for place in form.automaton.Match(plain) or ():
                name, one = form.types[place]
                if not one.letters or not plain.isdigit():
                    found.setdefault(name, []).append(plain)
    return found


@cache
def _hidden() -> tuple[tuple[Recognizer, ...], Any]:
    types = tuple(one for one in recognizers().values() if one.masked is not None)
    return types, _automaton([_bare(one.masked or "") for one in types], whole=True)


def hidden(values: Sequence[str]) -> Mapping[str, int]:
    """How many of the values are masked values of each type."""
    types, automaton = _hidden()
    found: dict[str, int] = {}
    for value in values:
        for name in _types_of(types, automaton, value) | _types_of(types, automaton, _SEPARATED.sub("", value)):
            found[name] = found.get(name, 0) + 1
    return found


def _types_of(types: tuple[Recognizer, ...], automaton: Any, value: str) -> set[str]:
    fitting = (types[place] for place in automaton.Match(value) or ())
    return {one.id for one in fitting if not one.masked_length or len(value) in one.masked_length}
