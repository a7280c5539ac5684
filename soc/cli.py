"""The command ``soc``: every room's commands in one tree, loaded when they are called."""

import sys
from typing import Any

import click

from config.settings import SettingsError
from soc.errors import InputError, NotFoundError, SocError, UnavailableError
from soc.help import said, teach_click, translated
from soc.machine import take_little
from soc.registry import rooms
from soc.room import CommandSpec, resolve


class _Tree(click.Group):
    """A group whose commands are named by rooms and imported at use."""

    def __init__(self, name: str, words: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._words = words

    def list_commands(self, ctx: click.Context) -> list[str]:
        depth = len(self._words)
        return sorted({tuple(spec.name.split())[depth] for spec in self._below()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        words = (*self._words, cmd_name)
        below = [spec for spec in self._below() if tuple(spec.name.split())[: len(words)] == words]
        if not below:
            return None
        whole = next((spec for spec in below if tuple(spec.name.split()) == words), None)
        if whole is not None:
            command: click.Command = resolve(whole.command)
            return translated(command)
        return _Tree(cmd_name, words)

    def _below(self) -> list[CommandSpec]:
        return [
            spec
            for room in rooms()
            for spec in room.commands
            if tuple(spec.name.split())[: len(self._words)] == self._words
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        depth = len(self._words)
        rows: dict[str, list[str]] = {}
        for spec in self._below():
            words = spec.name.split()
            rows.setdefault(words[depth], []).append(" ".join(words[depth + 1 :]))
        with formatter.section(said("Commands")):
            formatter.write_dl([(name, " | ".join(filter(None, rest))) for name, rest in sorted(rows.items())])


cli = _Tree("soc", help="Guanlan 观澜: data security operations of a province's transport sector.")

#: wrong use, or something that cannot be read
_WRONG_USE = (InputError, NotFoundError, UnavailableError)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; errors are one line on stderr in the user's language."""
    take_little()
    teach_click()
    try:
        code = translated(cli).main(args=arguments, prog_name="soc", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except SettingsError as error:
        from soc.text import t

        _fail(t(error.key, None, **error.params), 2)
    except SocError as error:
        from soc.text import told

        details = error.texts().values() if isinstance(error, InputError) else ()
        _fail("\n".join((told(error), *details)), 2 if isinstance(error, _WRONG_USE) else 1)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), 2)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(text: str, code: int) -> None:
    click.echo(f"soc: {text}", err=True)
    sys.exit(code)
