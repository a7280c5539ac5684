"""What commands say of themselves, in the reader's language: their help, and click's own words.

The English text in the code is the key: a command is declared in one place, and what has no Chinese yet shows in
English (a test finds it). Files: ``soc/translations/commands/*.toml``, each of them ``"English" = "中文"``.
"""

import copy
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from gettext import gettext, ngettext
from inspect import cleandoc
from types import ModuleType

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from soc.text import FOLDER, language

#: the parts of click that speak to users; each holds its own reference to gettext
SPEAKING: tuple[ModuleType, ...] = (
    click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.termui, click.types,
)  # fmt: skip


@cache
def chinese() -> Mapping[str, str]:
    """English texts of commands and of click with their Chinese."""
    files = sorted((FOLDER / "commands").glob("*.toml"))
    return {en: zh for path in files for en, zh in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def said(text: str) -> str:
    """An English text of a command in the reader's language; in English where it has no other."""
    return chinese().get(cleandoc(text), text) if language() == "zh" else text


def translated(command: click.Command) -> click.Command:
    """The command with its help and its options' in the reader's language; the declared one stays as it is."""
    if language() != "zh":
        return command
    told = copy.copy(command)
    told.help = said(command.help) if command.help else None
    told.params = [_parameter(one) for one in command.params]
    told._help_option = None  # click keeps it with the command, in the language in which it was first asked for
    return told


def _parameter(declared: click.Parameter) -> click.Parameter:
    if not isinstance(declared, click.Option) or not declared.help:
        return declared
    told = copy.copy(declared)
    told.help = said(declared.help)
    return told


def teach_click() -> None:
    """Let click say its own words (Usage, Missing option …) in the reader's language.

    click asks Python's gettext, which reads compiled catalogues of the system's locale; the language here is
    the installation's. So each of its modules is given another function to ask.
    """
    _replace(click.formatting, "wrap_text", wrapped)
    for module in SPEAKING:
        _replace(module, "_", _one)
        _replace(module, "ngettext", _many)


def _replace(module: ModuleType, name: str, function: Callable[..., str]) -> None:
    if hasattr(module, name):
        setattr(module, name, function)


def _one(text: str) -> str:
    return said(text) if text in chinese() else gettext(text)


def _many(one: str, many: str, count: int) -> str:
    """Chinese has one form, kept under the English of several."""
    return said(many) if language() == "zh" and many in chinese() else ngettext(one, many, count)


def wrapped(
    text: str,
    width: int = 78,
    initial_indent: str = "",
    subsequent_indent: str = "",
    preserve_paragraphs: bool = False,
) -> str:
    """Wrap as click's own function of this name does, but by the cells of a terminal: a Chinese character takes two."""
    if text.isascii():
        return _CLICKS_WRAP(text, width, initial_indent, subsequent_indent, preserve_paragraphs)
    paragraphs = re.split(r"\n[ \t]*\n", text) if preserve_paragraphs else [text]
    return "\n\n".join(_filled(one, width, initial_indent, subsequent_indent) for one in paragraphs)


def _filled(paragraph: str, width: int, indent: str, later: str) -> str:
    lines = [indent]
    for piece in _PIECES.findall(" ".join(paragraph.split())):
        if lines[-1].strip() and cells(lines[-1]) + cells(piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(later)
        lines[-1] += piece if lines[-1].strip() else piece.lstrip()
    return "\n".join(lines).rstrip()


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


_CLICKS_WRAP = click.formatting.wrap_text
#: what a line is not broken within: a run of narrow letters, or one wide letter with the marks that close it
_PIECES = re.compile(
    r"[^\u2e80-\u9fff\uff00-\uffef\s]+[，。；：、）」]*\s?|[\u2e80-\u9fff\uff00-\uffef][，。；：、）」]*\s?|\s"
)
