"""All patterns against a value at once, by one automaton.

Trying eighty patterns one after another over short columns costs more in calls than in matching; an
RE2 set walks a value once and says every pattern that fits it. Types put their values into form in several
ways; a value is walked once for each text that comes of them, which for most values is one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from detectors.recognizers.definition import Proof, Recognizer, recognizers, sentence_pattern

_MEMORY = 256 << 20  # of one automaton; it grows only as far as values ask for
_SEPARATED = re.compile("[ ·•-]")
LONGEST = 4096  # characters of one value that are looked at
#: what a value must have where letters are asked for: one before many digits is a road's (G0057440011540883)
LETTERS = "[A-Za-z].*[A-Za-z]"
_LETTERED = re.compile(LETTERS).search


#: behind a type's id: values that its second pattern takes, which counts where the name says the type
ALSO = "+also"


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A way of putting values into form: characters taken away, small letters raised or not."""

    strip: str
    upper: bool

    def of(self, value: str) -> str:
        """Put one value into this form."""
        for sign in self.strip:
            if sign in value:
                value = value.replace(sign, "")
        return value.upper() if self.upper else value


Ways = tuple[tuple[Form, tuple[Form, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Every pattern of every type in one automaton; ``types`` says of each the form of its values and whose it is."""

    forms: tuple[Form, ...]
    types: tuple[tuple[Form, str, Recognizer], ...]
    automaton: Any
    #: finds the signs that some form takes away
    signs: re.Pattern[str]
    known: dict[tuple[frozenset[str], bool], Ways] = field(default_factory=dict)

    def plains(self, value: str) -> Iterator[tuple[str, tuple[Form, ...]]]:
        """The value in every form, each text once with the forms that give it; most values are the same in all."""
        signs, small = self.signs.findall(value), value != value.upper()
        if not signs and not small:
            yield value, self.forms
            return
        for form, alike in self._ways(frozenset(signs), small=small):
            yield form.of(value), alike

    def _ways(self, signs: frozenset[str], *, small: bool) -> Ways:
        """The forms, those together that change a value alike which has these signs, and small letters or none."""
        key = (signs, small)
        if key not in self.known:
            groups: dict[tuple[frozenset[str], bool], tuple[Form, ...]] = {}
            for form in self.forms:
                changes = (signs & frozenset(form.strip), small and form.upper)
                groups[changes] = (*groups.get(changes, ()), form)
            self.known[key] = tuple((alike[0], alike) for alike in groups.values())
        return self.known[key]


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
def patterns() -> Patterns:
    """The recognizers that have a pattern."""
    forms: dict[tuple[str, bool], Form] = {}
    types: list[tuple[Form, str, Recognizer]] = []
    texts: list[str] = []
    for one in recognizers().values():
        form = forms.setdefault((one.strip, one.upper), Form(one.strip, one.upper))
        if one.pattern is not None and one.proof is not Proof.OWN:
            types.append((form, one.id, one))
            texts.append(_bare(one.pattern))
        if one.also is not None:
            types.append((form, one.id + ALSO, one))
            texts.append(_bare(one.also))
    signs = "".join(sorted({sign for form in forms.values() for sign in form.strip}))
    return Patterns(
        forms=tuple(forms.values()),
        types=tuple(types),
        automaton=_automaton(texts, whole=True),
        signs=re.compile(f"[{re.escape(signs)}]"),
    )


def matches(values: Sequence[str]) -> Mapping[str, list[str]]:
    """For each type the values of its shape, put into its form."""
    every = patterns()
    fitting = every.automaton.Match
    # values of a column fit the same patterns over and over: what fits is told by pattern once, not value by value
    groups: dict[tuple[tuple[int, ...], tuple[Form, ...]], list[str]] = {}
    for value in values:
        for plain, forms in every.plains(value):
            if places := fitting(plain):
                groups.setdefault((tuple(places), forms), []).append(plain)
    return _by_type(every, groups)


def values_by_type(values: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """For each type the values of its shape as they are, and put into its form; for a few of them (:func:`matches` is for many)."""
    every, found = patterns(), dict[str, dict[str, str]]()
    for value in values:
        for plain, forms in every.plains(value):
            for form, name, one in (every.types[place] for place in every.automaton.Match(plain) or ()):
                if form in forms and (not one.letters or _LETTERED(plain)):
                    found.setdefault(name, {})[value] = plain
    return found


def _by_type(
    every: Patterns, groups: Mapping[tuple[tuple[int, ...], tuple[Form, ...]], list[str]]
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for (places, forms), plains in groups.items():
        for form, name, one in (every.types[place] for place in places):
            if form in forms:
                right = [plain for plain in plains if _LETTERED(plain)] if one.letters else plains
                if right:
                    found.setdefault(name, []).extend(right)
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


_OUTSIDE = re.compile(r"^\(\?<!\[0-9A-Za-z\]\)|\(\?!\[0-9A-Za-z\]\)$")
#: what Python takes for digits and blanks, where RE2 knows those of ASCII only
_WIDER = ((re.compile(r"\\d"), r"\\p{Nd}"), (re.compile(r"\\s(?=[*+])"), r"[\\s\\p{Z}\\x{1c}-\\x{1f}\\x{85}]"))


@cache
def sieve(names: tuple[str, ...]) -> Any:
    """An automaton whose ``Match`` finds something in each text that holds a value of one of these types, and in some more."""
    return _automaton(map(_wider, names), whole=False)


def _wider(name: str) -> str:
    """The pattern for sentences without what may not stand beside a value, which RE2 cannot ask for."""
    text = _OUTSIDE.sub("", sentence_pattern(name).pattern)
    for sign, wider in _WIDER:
        text = sign.sub(wider, text)
    return text
