"""The catalogue of sensitive types: names, levels and classes, for every room that shows or weighs them."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from config import content
from soc.ledger.levels import Level

#: classes of personal information: general and sensitive (PIPL art. 28)
PERSONAL = frozenset({"PI", "SPI"})


@dataclass(frozen=True, slots=True)
class SensitiveType:
    """One kind of value worth protecting."""

    id: str
    entity: str
    zh: str
    en: str
    level: Level
    kind: str
    group: str

    @property
    def personal(self) -> bool:
        """Whether a value of it is about a person."""
        return self.kind in PERSONAL

    def title(self, lang: str) -> str:
        """Its name in ``lang`` (zh or en)."""
        return self.zh if lang == "zh" else self.en

    def group_title(self, lang: str) -> str:
        """The name of its class in ``lang``."""
        return category_title(self.group, lang)


def category_title(name: str, lang: str) -> str:
    """The name in ``lang`` of a class of types or a category of the taxonomy, which the content calls in Chinese."""
    return name if lang == "zh" else _in_english().get(name, name)


@cache
def _in_english() -> Mapping[str, str]:
    with content.path("categories-en.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def groups() -> tuple[str, ...]:
    """The classes of the shipped types, in their order of characters."""
    return tuple(sorted({one.group for one in shipped_types().values()}))


@cache
def definitions() -> Mapping[str, Mapping[str, Any]]:
    """The shipped definitions as written, by type id (``parts`` left out)."""
    with content.path("types.toml").open("rb") as file:
        tree = tomllib.load(file)
    return {name: table for name, table in tree.items() if name != "parts"}


@cache
def parts() -> Mapping[str, str]:
    """The named pieces that patterns share."""
    with content.path("types.toml").open("rb") as file:
        return dict(tomllib.load(file)["parts"])


@cache
def shipped_types() -> Mapping[str, SensitiveType]:
    """Every sensitive type that Guanlan comes with, by its id."""
    return {
        name: SensitiveType(
            id=name,
            entity=table["entity"],
            zh=table["zh"],
            en=table["en"],
            level=Level(table["level"]),
            kind=table["class"],
            group=table["group"],
        )
        for name, table in definitions().items()
    }


#: how to learn the types that organisations made themselves; asked once, where it is first wanted
Source = Callable[[], Mapping[str, SensitiveType]]


def _none() -> Mapping[str, SensitiveType]:
    return {}


_own: ContextVar[Source] = ContextVar("own types", default=_none)


def know(source: Source) -> None:
    """From here on :func:`types` knows what ``source`` tells too, which is asked when it is first needed."""
    _own.set(cache(source))


def forget() -> None:
    """From here on only the shipped types are known."""
    _own.set(_none)


@contextmanager
def knowing(source: Source) -> Iterator[None]:
    """Within the block :func:`types` knows what ``source`` tells too."""
    before = _own.set(cache(source))
    try:
        yield
    finally:
        _own.reset(before)


def own_types() -> Mapping[str, SensitiveType]:
    """The types that organisations made themselves, as far as whoever asks may know them."""
    return _own.get()()


def types() -> Mapping[str, SensitiveType]:
    """Every sensitive type by its id: the shipped ones, then organisations' own."""
    own = own_types()
    return {**shipped_types(), **own} if own else shipped_types()
