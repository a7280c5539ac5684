"""The catalogues, and that every text the code asks for is in them in both languages."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from soc.text import FOLDER, CatalogueError, Message, UnknownMessageError, catalogue, read_catalogue, speaking, t

ROOT = Path(__file__).parents[2]
#: calls that take keys of messages among their arguments
_KEYED = {"toast", "Column", "Filter", "MenuEntry", "DemoStep", "Choice"}
ROOMS = ("soc", "policies", "audit", "detectors", "incidents", "playbooks", "dashboards")


def test_a_text_comes_in_the_language_that_is_spoken() -> None:
    with speaking("en"):
        assert t("severity.high") == "High"
    with speaking("zh"):
        assert t("severity.high") == "高"


def test_english_has_its_own_words_for_one() -> None:
    assert t("since.days", "en", count=1) == "1 day ago"
    assert t("since.days", "en", count=2) == "2 days ago"


def test_an_unknown_message_raises() -> None:
    with pytest.raises(UnknownMessageError):
        t("severity.of-a-joke")


def test_a_missing_parameter_raises() -> None:
    with pytest.raises(KeyError):
        t("since.days", "en")


def test_a_message_survives_storage_with_a_message_inside() -> None:
    stored = Message("word.as_of", {"time": Message("word.unknown")}).as_json()
    assert Message.from_json(stored).render("en") == "Data as of Unknown"


def test_a_name_given_in_both_languages_is_shown_in_the_readers() -> None:
    message = Message("word.as_of", {"time": {"zh": "今天", "en": "today"}})
    assert (message.render("zh"), message.render("en")) == ("数据截至 今天", "Data as of today")


@pytest.mark.parametrize(("lang", "joined"), [("zh", "数据截至 甲、乙"), ("en", "Data as of 甲, 乙")])
def test_a_list_is_joined_as_the_language_does(lang: str, joined: str) -> None:
    assert Message("word.as_of", {"time": ["甲", "乙"]}).render(lang) == joined


def test_a_message_in_one_language_only_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.toml"
    path.write_text('[half.done]\nzh = "一半"\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"half\.done"):
        read_catalogue(path)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda p: p.name)
def test_both_languages_fill_the_same_placeholders(path: Path) -> None:
    for key, entry in read_catalogue(path).items():
        assert entry.zh.strip(), key
        assert entry.en.strip(), key
        assert _placeholders(entry.zh) == _placeholders(entry.en), key


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda p: p.name)
def test_english_texts_are_english(path: Path) -> None:
    for key, entry in read_catalogue(path).items():
        assert not re.search(r"[，。：；！？]", entry.en), f"{key}: Chinese punctuation in the English text"


def test_every_text_that_code_asks_for_is_in_a_catalogue() -> None:
    missing = sorted({f"{where}: {key}" for where, key in _asked_in_python() if not _answered(key)})
    assert not missing, "\n".join(missing)


def test_every_text_that_templates_ask_for_is_in_a_catalogue() -> None:
    missing = sorted({f"{where}: {key}" for where, key in _asked_in_templates() if not _answered(key)})
    assert not missing, "\n".join(missing)


def test_templates_hold_no_words_of_their_own() -> None:
    loose = [
        f"{path.relative_to(ROOT)}: {text.strip()}"
        for path in _templates()
        for text in _loose_text(path.read_text("utf-8"))
    ]
    assert not loose, "\n".join(loose)


def test_the_scan_finds_a_planted_missing_key() -> None:
    calls = ('t("planted.missing")', 'Message("planted.message", {})', 'toast("planted.toast", "bad")',
             'Column("id", "planted.column", x)', 'raise OddError("planted.error", id="no.key")')  # fmt: skip
    assert list(_keys_in(ast.parse("; ".join(calls)))) == [
        "planted.missing", "planted.message", "planted.toast", "planted.column", "planted.error",
    ]  # fmt: skip
    assert not _answered("planted.missing")
    assert not _answered("planted.*")


def _placeholders(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def _answered(key: str) -> bool:
    """A literal key is known; a family ``prefix.*`` has members."""
    if key.endswith("*"):
        return any(known.startswith(key[:-1]) for known in catalogue())
    return key in catalogue()


def _asked_in_python() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for key in _keys_in(ast.parse(path.read_text("utf-8"))):
                yield str(path.relative_to(ROOT)), key


def _keys_in(tree: ast.AST) -> Iterator[str]:
    """Keys given to t() and Message(), in order; what errors, toasts and tables are made of; error keys anywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node) in {"t", "Message"}:
            yield from _key_of(node.args[0])
        elif isinstance(node, ast.Call):
            keyed = _called(node) in _KEYED or _called(node).endswith("Error")
            # the rest of a menu's line are an endpoint and a permission
            for argument in node.args[: 1 if _called(node) == "MenuEntry" else None]:
                yield from (
                    key for key in _key_of(argument) if (keyed and not key.endswith("*")) or key.startswith("errors.")
                )


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _key_of(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(key)) if re.fullmatch(r"\w+(\.\w+)+", key):
            yield key
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]) if "." in prefix:
            yield prefix + "*"
        case ast.IfExp(body=one, orelse=other):
            yield from _key_of(one)
            yield from _key_of(other)


def _templates() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.html"))


def _asked_in_templates() -> Iterator[tuple[str, str]]:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"])
    for path in _templates():
        tree = environment.parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args:
                for key in _template_key(call.args[0]):
                    yield str(path.relative_to(ROOT)), key


def _template_key(argument: nodes.Node) -> Iterator[str]:
    if isinstance(argument, nodes.Const):
        yield str(argument.value)
    elif isinstance(argument, nodes.CondExpr):
        yield from _template_key(argument.expr1)
        if argument.expr2 is not None:
            yield from _template_key(argument.expr2)
    elif isinstance(argument, nodes.Concat) and isinstance(argument.nodes[0], nodes.Const):
        yield f"{argument.nodes[0].value}*"


def _loose_text(source: str) -> Iterator[str]:
    """Words between tags that no catalogue holds: anything Han, or two Latin words in a row."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    for text in re.findall(r">([^<>]+)<", source):
        if re.search(r"[\u4e00-\u9fff]|[A-Za-z]{3,}\s+[A-Za-z]{3,}", text):
            yield text
