"""YAML from people, read within bounds, and written for them: the one place where the product reads YAML.

A text is measured event by event before anything is built of it, so that one made to explode costs what its bytes cost.
What comes out is what JSON can say: texts, finite numbers of at most 64 bits, flags, nulls, lists, and mappings whose
keys are texts as they were written. Dates stay texts.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from soc.errors import InputError

# the parser in C is ten times as fast; without it the same bounds hold
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_TAGS = frozenset({"!", *(_CORE + one for one in ("str", "int", "float", "bool", "null", "map", "seq"))})
_DATE, _STR, _MERGE = _CORE + "timestamp", _CORE + "str", _CORE + "merge"
#: signs that no store of ours keeps in a text
_STRANGE = re.compile(r"[\x00\ud800-\udfff]")
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a text may say: bytes, levels of nesting, values (one behind an alias counts each time), documents."""

    size: int = 1 << 20
    depth: int = 40
    values: int = 50_000
    documents: int = 1
    aliases: bool = False


#: of a policy, a rule, a table of settings: what people write by hand
BY_HAND = Bounds()


class YamlError(InputError):
    """A text that is no YAML, or more than its bounds allow; ``line`` of its params counts from 1 where it is known."""


@dataclass(frozen=True, slots=True)
class Written:
    """A document read from a text, and in which line each of its values stands, by the way to it ("rules/3/id")."""

    body: Any
    rows: Mapping[str, int] = field(default_factory=dict)

    def row(self, path: str) -> int | None:
        """The line of a value, or of the nearest thing around it that the text has."""
        while path and path not in self.rows:
            path = path.rpartition("/")[0]
        return self.rows.get(path)


def read_yaml(raw: bytes | str, bounds: Bounds = BY_HAND) -> Any:
    """Read the one document of a text.

    Raises:
        YamlError: it is no YAML, holds none or several, or is past its bounds.
    """
    return read_written(raw, bounds).body


def read_written(raw: bytes | str, bounds: Bounds = BY_HAND) -> Written:
    """Read the one document of a text with the lines of its values; raises as :func:`read_yaml`."""
    found = read_documents(raw, bounds)
    if len(found) != 1:
        raise YamlError("errors.yaml.one_document", count=len(found))
    return found[0]


def read_mapping(raw: bytes | str, bounds: Bounds = BY_HAND) -> Written:
    """Read the one document of a text, which has to be a mapping; raises as :func:`read_yaml`."""
    found = read_written(raw, bounds)
    if not isinstance(found.body, dict):
        raise YamlError("errors.yaml.no_mapping")
    return found


def read_mapping_file(path: Path, bounds: Bounds = BY_HAND) -> Written:
    """Read the one document of a file, of which no more than its bounds are read; see :func:`read_mapping`."""
    with path.open("rb") as file:
        return read_mapping(file.read(bounds.size + 1), bounds)


def read_documents(raw: bytes | str, bounds: Bounds) -> list[Written]:
    """Read every document of a text; raises as :func:`read_yaml`."""
    text = _decoded(raw, bounds)
    try:
        _measure(text, bounds)
        return list(_built(text, bounds))
    except yaml.YAMLError as error:
        raise _no_yaml(error) from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise YamlError("errors.yaml.no_yaml", line=0, reason=type(error).__name__) from error


def write_yaml(body: object, *, width: int = 110) -> str:
    """Write a document as YAML, its keys in the order that they have."""
    text: str = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=width)
    return text


def refuse_strange(value: Any, bounds: Bounds = BY_HAND) -> None:
    """Let a value pass that a store can keep as JSON and that is within bounds, however it came.

    Raises:
        YamlError: it is nested too deeply, says too much, or holds a number or a sign that no store keeps.
    """
    count = 0
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        path, one, depth = waiting.pop()
        count += 1
        if depth > bounds.depth:
            raise YamlError("errors.yaml.deep", line=0, most=bounds.depth)
        if count > bounds.values:
            raise YamlError("errors.yaml.many", line=0, most=bounds.values)
        _refuse_scalar(path, one)
        waiting += [(f"{path}/{key}".strip("/"), inner, depth + 1) for key, inner in _inner(one)]


def _inner(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            _refuse_scalar("", key)
            yield key, one
    elif isinstance(value, list):
        yield from ((str(at), one) for at, one in enumerate(value))


def _refuse_scalar(path: str, value: Any) -> None:
    if isinstance(value, str):
        if _STRANGE.search(value):
            raise YamlError("errors.yaml.sign", path=_shown(path))
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise YamlError("errors.yaml.number", path=_shown(path))
    elif isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise YamlError("errors.yaml.number", path=_shown(path))


def _decoded(raw: bytes | str, bounds: Bounds) -> str:
    # signs are at most bytes: what has too many signs is not even encoded
    if len(raw) > bounds.size or (isinstance(raw, str) and len(raw.encode("utf-8", "replace")) > bounds.size):
        raise YamlError("errors.yaml.too_large", most=bounds.size >> 10)
    try:
        return raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError("errors.yaml.no_utf8") from error


def _measure(text: str, bounds: Bounds) -> None:
    """Go through a text without building anything; see :class:`Bounds`."""
    count = documents = 0
    opened: list[tuple[str | None, int]] = []
    sizes: dict[str, int] = {}
    event: Any
    for event in yaml.parse(text, Loader=_Safe):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents, sizes = documents + 1, {}
        elif isinstance(event, yaml.AliasEvent):
            count += _size_behind(event, bounds, opened, sizes)
        elif isinstance(event, yaml.NodeEvent):
            count += 1
            _refuse_tag(event)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append((event.anchor, count))
            elif event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, began = opened.pop()
            sizes |= {anchor: count - began + 1} if anchor else {}
        _refuse_past(bounds, line, len(opened), count, documents)


def _refuse_past(bounds: Bounds, line: int, depth: int, count: int, documents: int) -> None:
    if depth > bounds.depth:
        raise YamlError("errors.yaml.deep", line=line, most=bounds.depth)
    if count > bounds.values:
        raise YamlError("errors.yaml.many", line=line, most=bounds.values)
    if documents > bounds.documents:
        raise YamlError("errors.yaml.documents", line=line, most=bounds.documents)


def _size_behind(event: Any, bounds: Bounds, opened: list[tuple[str | None, int]], sizes: dict[str, int]) -> int:
    """How many values an alias stands for."""
    line = event.start_mark.line + 1
    if not bounds.aliases:
        raise YamlError("errors.yaml.aliases", line=line)
    if any(anchor == event.anchor for anchor, _ in opened):
        raise YamlError("errors.yaml.cycle", line=line, name=str(event.anchor)[:_LONGEST_SHOWN])
    return sizes.get(event.anchor, 1)


def _refuse_tag(event: Any) -> None:
    if event.tag is not None and event.tag not in _TAGS:
        raise YamlError("errors.yaml.tag", line=event.start_mark.line + 1, name=event.tag[:_LONGEST_SHOWN])


class _Loader(_Safe):  # type: ignore[misc]
    """A safe loader to which a date is a text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own name and form
        first: [(tag, pattern) for tag, pattern in known if tag != _DATE]
        for first, known in _Safe.yaml_implicit_resolvers.items()
    }


def _built(text: str, bounds: Bounds) -> Iterator[Written]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            rows: dict[str, int] = {}
            _settle_keys(node, "", rows, set())
            body = loader.construct_document(node)
            refuse_strange(body, bounds)
            yield Written(body, rows)
    finally:
        loader.dispose()


def _settle_keys(node: Any, path: str, rows: dict[str, int], seen: set[int]) -> None:
    """Make every key the text that was written, refuse one that is there twice, and note the lines."""
    if path:
        rows.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for at, one in enumerate(node.value):
            _settle_keys(one, f"{path}/{at}".strip("/"), rows, seen)
    elif isinstance(node, yaml.MappingNode):
        node.value = list(_settled(node.value))
        for key, value in node.value:
            way = f"{path}/{key.value}".strip("/")
            rows.setdefault(way, key.start_mark.line + 1)
            _settle_keys(value, way, rows, seen)


def _settled(pairs: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    named: set[str] = set()
    for key, value in pairs:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise YamlError("errors.yaml.key", line=line)
        if key.value in named:
            raise YamlError("errors.yaml.key_twice", line=line, name=key.value[:_LONGEST_SHOWN])
        named.add(key.value)
        tag = key.tag if key.tag == _MERGE else _STR
        yield yaml.ScalarNode(tag, key.value, key.start_mark, key.end_mark), value


def _no_yaml(error: yaml.YAMLError) -> YamlError:
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__)
    return YamlError("errors.yaml.no_yaml", line=mark.line + 1 if mark else 0, reason=reason[:200])


def _shown(path: str) -> str:
    return _STRANGE.sub("?", path)[:_LONGEST_SHOWN] or "/"
