"""What commands say of themselves: every text in both languages, and click's own words with them."""

import ast
import string
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.cli import cli, main
from soc.help import SPEAKING, cells, chinese, said, translated, wrapped
from soc.text import speaking

CLICK = Path(click.__file__).parent
#: what click says only to programmers, of shells' completion, of editors and of Windows' consoles
NOT_FOR_USERS = ("shell_completion.py", "_termui_impl.py", "_winconsole.py", "utils.py")
TO_PROGRAMMERS = (
    "DeprecationWarning", "Could not determine name", "No options defined", "Arguments take exactly", "Name '",
    "Boolean option", "Invalid start character", "Unknown color", "%(prog)s", "Show the version",
)  # fmt: skip


def commands(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, as it is declared."""
    context = click.Context(group)
    for name in group.list_commands(context):
        with speaking("en"):
            command = group.get_command(context, name)
        assert command is not None
        words = f"{path} {name}".strip()
        yield from commands(command, words) if isinstance(command, click.Group) else [(words, command)]


def texts(command: click.Command) -> list[str]:
    """The help of a command and of each of its options."""
    found = [command.help, *(getattr(one, "help", None) for one in command.params)]
    return [cleandoc(one) for one in found if one]


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_command_has_its_help_in_chinese(words: str, command: click.Command) -> None:
    missing = [text for text in texts(command) if text not in chinese()]
    assert command.help, words
    assert not missing, f"soc/translations/commands/help.toml lacks: {missing}"


def test_no_text_is_kept_that_no_command_says() -> None:
    used = {text for _, command in commands() for text in texts(command)} | {cleandoc(cli.help or "")} | set(clicks())
    assert not set(chinese()) - used


@cache
def clicks() -> list[str]:
    """What click asks gettext for: of several forms the last, which is the one that is kept."""
    found = []
    for path in sorted(CLICK.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found += [words[-1]] if words and path.name not in NOT_FOR_USERS else []
    return found


def test_every_word_that_click_says_to_users_has_its_chinese() -> None:
    said_to_users = [text for text in clicks() if not text.startswith(TO_PROGRAMMERS)]
    assert len(said_to_users) > 40
    assert not [text for text in said_to_users if text not in chinese()]


def test_placeholders_are_the_same_in_both_languages() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for english, zh in chinese().items():
        if english in clicks():
            assert names(english) == names(zh), english


def test_every_part_of_click_that_asks_gettext_is_taught() -> None:
    asking = {path.stem for path in CLICK.glob("*.py") if "import gettext as _" in path.read_text(encoding="utf-8")}
    assert asking - {Path(name).stem for name in NOT_FOR_USERS} == {one.__name__.rsplit(".", 1)[1] for one in SPEAKING}


def shown(words: list[str], lang: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    with speaking(lang), pytest.raises(SystemExit) as ended:
        main(words)
    assert (ended.value.code or 0) == code
    printed = capsys.readouterr()
    return printed.out + printed.err


@pytest.mark.parametrize("first", ["zh", "en"])
def test_the_same_command_helps_in_either_language(capsys: pytest.CaptureFixture[str], first: str) -> None:
    shown(["logs", "ingest", "--help"], first, capsys)
    zh = shown(["logs", "ingest", "--help"], "zh", capsys)
    en = shown(["logs", "ingest", "--help"], "en", capsys)
    assert "用法：" in zh
    assert "存入 FILES 中的记录" in zh
    assert "显示本说明后退出" in zh
    assert "[默认：Asia/Shanghai]" in zh
    assert "Usage:" in en
    assert "Store the records of FILES" in en
    assert "用法" not in en


def test_a_wrong_call_is_refused_in_the_language_of_the_caller(capsys: pytest.CaptureFixture[str]) -> None:
    assert "缺少参数 'FILES...'" in shown(["logs", "ingest"], "zh", capsys, 2)
    assert "没有命令 'nosuch'" in shown(["nosuch"], "zh", capsys, 2)
    assert "No such option '--nosuch'" in shown(["logs", "formats", "--nosuch"], "en", capsys, 2)
    assert "不在可选值" in shown(["detect", "evaluate", __file__, "--labels", __file__, "--per", "x"], "zh", capsys, 2)


def test_the_declared_command_stays_as_it_is() -> None:
    declared = next(command for words, command in commands() if words == "logs ingest")
    before = texts(declared)
    with speaking("zh"):
        told = translated(declared)
    assert texts(declared) == before
    assert texts(told) == [chinese()[text] for text in before]
    assert said("nobody ever said this") == "nobody ever said this"


@given(st.text(st.sampled_from("观澜数据，。（）ab1 -/"), max_size=200), st.integers(20, 90))
def test_wrapped_text_keeps_its_letters_and_stays_within_the_cells(text: str, width: int) -> None:
    made = wrapped(text, width, "  ", "  ")
    assert "".join(made.split()) == "".join(text.split())
    longest = max((cells(word) for word in text.split()), default=0)
    assert all(cells(line) <= max(width, longest + 2) for line in made.split("\n"))


def test_help_fits_a_terminal_of_eighty_columns_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("scan", "logs search", "encrypt", "ledger lineage", "unit change"):
        printed = shown([*words.split(), "--help"], "zh", capsys)
        sentences = [line for line in printed.splitlines() if cells(line) > len(line)]
        assert len(sentences) > 3
        assert not [line for line in sentences if cells(line) > 80], words
