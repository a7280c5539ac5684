"""Every text a user sees, in Chinese and in English, by its message id.

A catalogue is ``soc/translations/<area>.toml``: one table per message with ``zh`` and ``en``,
``{placeholders}`` as in ``str.format`` and, where English needs it, ``en_one`` for a count of one.
Text that is stored (an alert's reason, a job's progress) is stored as a :class:`Message` and
rendered in the language of whoever reads it.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from soc.errors import SocError

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent / "translations"

_language: ContextVar[str | None] = ContextVar("language", default=None)


class UnknownMessageError(LookupError):
    """No catalogue has this message id: a mistake of the programmer, never of the user."""


class CatalogueError(ValueError):
    """A catalogue that cannot be used: a message in one language only, or defined twice."""


@dataclass(frozen=True)
class Entry:
    """One message in both languages."""

    zh: str
    en: str
    en_one: str | None = None

    def template(self, lang: str, params: Mapping[str, object]) -> str:
        """The text to be filled: English has its own for a count of one."""
        if lang == "zh":
            return self.zh
        if self.en_one is not None and params.get("count") == 1:
            return self.en_one
        return self.en


def language() -> str:
    """The reader's language: that of the request, else ``SOC_LANG``, else Chinese."""
    chosen = _language.get() or os.environ.get("SOC_LANG", "zh")
    return chosen if chosen in LANGUAGES else "zh"


@contextmanager
def speaking(lang: str | None) -> Iterator[None]:
    """Within this block texts are in ``lang`` (one request, one report, one command); None is the environment's."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(lang: str) -> None:
    """Choose the language of the rest of this context, as a request does at its start."""
    _language.set(lang)


def t(key: str, /, lang: str | None = None, **params: object) -> str:
    """Return message ``key`` in ``lang`` (the reader's by default), its placeholders filled.

    Raises:
        UnknownMessageError: no catalogue has the key.
    """
    chosen = lang or language()
    entry = catalogue().get(key)
    if entry is None:
        raise UnknownMessageError(key)
    return entry.template(chosen, params).format(**{name: _shown(value, chosen) for name, value in params.items()})


def known(key: str) -> bool:
    """Whether a catalogue has this message id."""
    return key in catalogue()


@dataclass(frozen=True)
class Message:
    """A text that travels as data: its id and parameters, not its words."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def render(self, lang: str | None = None) -> str:
        """The words, in the reader's language."""
        return t(self.key, lang, **self.params)

    def as_json(self) -> dict[str, Any]:
        """What is stored: ``{"key", "params"}``; messages within parameters are kept as such."""
        return {"key": self.key, "params": {k: _plain(v) for k, v in self.params.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Message":
        """Read back what :meth:`as_json` wrote."""
        params = {k: cls.from_json(v) if _is_message(v) else v for k, v in stored.get("params", {}).items()}
        return cls(stored["key"], params)


@cache
def catalogue() -> Mapping[str, Entry]:
    """All messages of all areas, read once."""
    found: dict[str, Entry] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for key, entry in read_catalogue(path).items():
            if key in found:
                raise CatalogueError(f"{path.name}: {key} is defined in two catalogues")
            found[key] = entry
    return found


def read_catalogue(path: Path) -> dict[str, Entry]:
    """Read one area's messages.

    Raises:
        CatalogueError: not TOML, or a message lacks a language.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    return dict(_entries(tree, "", path.name))


def _entries(tree: Mapping[str, Any], prefix: str, source: str) -> Iterator[tuple[str, Entry]]:
    texts = {name: value for name, value in tree.items() if isinstance(value, str)}
    if texts:
        if not {"zh", "en"} <= texts.keys() <= {"zh", "en", "en_one"}:
            raise CatalogueError(f"{source}: [{prefix}] needs zh and en (and may have en_one)")
        yield prefix, Entry(**texts)
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _entries(value, f"{prefix}.{name}" if prefix else name, source)


def _shown(value: object, lang: str) -> object:
    if isinstance(value, Message):
        return value.render(lang)
    if _is_message(value):
        return Message.from_json(value).render(lang)  # type: ignore[arg-type]
    if isinstance(value, Mapping) and set(value) == set(LANGUAGES):
        return value[lang]  # a name that somebody gave in both languages: a rule's, a playbook's
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(str(_shown(one, lang)) for one in value)
    return value


def _plain(value: object) -> object:
    return value.as_json() if isinstance(value, Message) else value


def _is_message(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"key", "params"}


def told(error: SocError, lang: str | None = None) -> str:
    """Return the text of an error in the reader's language."""
    return t(error.key, lang, **dict(error.params))
