"""The words that names are made of: terms in Chinese, pinyin and English, and what each system keeps."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from config import content


@dataclass(frozen=True, slots=True)
class Term:
    """One thing's name: as people write it, its syllables, and its English words."""

    zh: str = ""
    syllables: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Term":
        """Read ``中文|pin yin|english words``."""
        zh, pinyin, english = text.split("|")[:3]
        return cls(zh.strip(), tuple(pinyin.split()), tuple(english.split()))

    def __add__(self, other: "Term") -> "Term":
        return Term(self.zh + other.zh, self.syllables + other.syllables, self.words + other.words)

    def __bool__(self) -> bool:
        return bool(self.zh)


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is kept of something: its name, the kind of its values, and how often it is taken."""

    term: Term
    kind: str
    weight: float

    @classmethod
    def of(cls, text: str) -> "Attribute":
        """Read ``term|kind|weight``."""
        parts = text.split("|")
        return cls(Term.of(text), parts[3], float(parts[4]))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a system keeps tables of, and the entities they speak of."""

    term: Term
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """One business system."""

    term: Term
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of table beside the main one: ``factor`` scales its columns, ``share`` the entities it keeps."""

    term: Term
    factor: float
    share: float


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is written in the data file."""

    roles: dict[str, tuple[Term, ...]]
    attributes: dict[str, tuple[Attribute, ...]]
    topics: tuple[Term, ...]
    measures: tuple[Attribute, ...]
    common: tuple[Attribute, ...]
    systems: tuple[System, ...]
    variants: tuple[Variant, ...]


@cache
def words() -> Words:
    """Return the shipped words."""
    with content.path("demo-province.toml").open("rb") as file:
        tree = tomllib.load(file)
    filling = tree["filling"]
    return Words(
        roles={name: tuple(map(Term.of, terms)) for name, terms in tree["roles"].items()},
        attributes={name: tuple(map(Attribute.of, texts)) for name, texts in tree["attributes"].items()},
        topics=tuple(map(Term.of, filling["topics"])),
        measures=tuple(map(Attribute.of, filling["measures"])),
        common=tuple(map(Attribute.of, filling["common"])),
        systems=tuple(map(_system, tree["system"])),
        variants=tuple(map(_variant, tree["variants"]["all"])),
    )


def _system(table: dict[str, Any]) -> System:
    return System(Term.of(table["term"]), tuple(map(_subject, table["subjects"])))


def _subject(text: str) -> Subject:
    return Subject(Term.of(text), tuple(text.split("|")[3].split()))


def _variant(text: str) -> Variant:
    parts = text.split("|")
    return Variant(Term.of(text), float(parts[-2]), float(parts[-1]))
