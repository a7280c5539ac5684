"""Conditions of if, while and switch steps: STIX-like comparisons, parsed and never evaluated as code.

    expression = term { OR term }        term = factor { AND factor }
    factor     = [NOT] ( "(" expression ")" | "[" expression "]" | comparison | TRUE | FALSE )
    comparison = operand [NOT] ( = | == | != | <> | < | <= | > | >= | LIKE | MATCHES ) operand
               | operand [NOT] IN "(" operand { "," operand } ")"
               | operand ( ISSUBSET | ISSUPERSET ) operand      (IP networks)
    operand    = __name__[:value] | 'text' | "text" | number | true | false

Source: CACAO CS01 §4.5 and §10.18, STIX 2.1 §9 (patterning). Values compare as numbers where
both sides are numbers, else as text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from soc.errors import InputError

MAX_LENGTH = 4096
MAX_DEPTH = 32

_TOKEN = re.compile(
    r"""\s*(?:(?P<variable>__[a-zA-Z_][a-zA-Z0-9_-]{0,199}?__)(?::value)?
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<number>[+-]?\d+(?:\.\d+)?(?![\w.]))
    |(?P<op>==|!=|<>|<=|>=|[=<>()\[\],])
    |(?P<word>[A-Za-z]+))""",
    re.VERBOSE,
)
_COMPARISONS = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">=", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"})


class ConditionError(InputError):
    """A condition cannot be read, or names a variable that has no value."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether ``condition`` is true of the variables' values (name with underscores → value).

    Raises:
        ConditionError: it cannot be read, or a variable has no value.
    """
    parser = _Parser(_tokens(condition), values, condition)
    found = parser.expression(0)
    if parser.peek() is not None:
        raise parser.error()
    return found


def operand(text: str, values: Mapping[str, Any]) -> str:
    """Return the value of a switch: a variable, or a literal.

    Raises:
        ConditionError: it is neither, or the variable has no value.
    """
    parser = _Parser(_tokens(text), values, text)
    found = parser.operand()
    if parser.peek() is not None:
        raise parser.error()
    return _shown(found)


def _tokens(condition: str) -> list[_Token]:
    if len(condition) > MAX_LENGTH:
        raise ConditionError("playbooks.condition.too_long", limit=MAX_LENGTH)
    found, at, end = [], 0, len(condition.rstrip())
    while at < end:
        match = _TOKEN.match(condition, at)
        if match is None or match.lastgroup is None:
            raise ConditionError("playbooks.condition.unreadable", text=condition[:120], at=at)
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Reads and weighs in one pass; both sides of AND and OR are read, so that a fault never hides."""

    def __init__(self, tokens: list[_Token], values: Mapping[str, Any], source: str) -> None:
        self._tokens, self._values, self._source, self._at = tokens, values, source, 0

    def peek(self) -> _Token | None:
        """The next token."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def error(self) -> ConditionError:
        """The complaint about where reading stopped."""
        return ConditionError("playbooks.condition.unreadable", text=self._source[:120], at=self._at)

    def expression(self, depth: int) -> bool:
        """One or more terms."""
        found = self._term(depth)
        while self._word("OR"):
            found = self._term(depth) or found
        return found

    def _term(self, depth: int) -> bool:
        found = self._factor(depth)
        while self._word("AND"):
            found = self._factor(depth) and found
        return found

    def _factor(self, depth: int) -> bool:
        if depth > MAX_DEPTH:
            raise ConditionError("playbooks.condition.too_deep", limit=MAX_DEPTH)
        if self._word("NOT"):
            return not self._factor(depth + 1)
        for opening, closing in (("(", ")"), ("[", "]")):
            if self._op(opening):
                found = self.expression(depth + 1)
                if not self._op(closing):
                    raise self.error()
                return found
        return self._comparison()

    def _comparison(self) -> bool:
        left = self.operand()
        negated = self._word("NOT")
        if self._word("IN"):
            return self._among(left) != negated
        token = self.peek()
        name = token.text.upper() if token is not None and token.kind in {"op", "word"} else ""
        if name not in _COMPARISONS:
            if isinstance(left, bool) and not negated:
                return left
            raise self.error()
        self._at += 1
        return _compare(name, left, self.operand(), self._source) != negated

    def _among(self, left: Any) -> bool:
        if not self._op("("):
            raise self.error()
        found = _equal(left, self.operand())
        while self._op(","):
            found = _equal(left, self.operand()) or found
        if not self._op(")"):
            raise self.error()
        return found

    def operand(self) -> Any:
        """A variable's value or a literal."""
        token = self.peek()
        if token is None:
            raise self.error()
        self._at += 1
        read = _READERS.get(token.kind)
        if read is not None:
            return read(token.text)
        if token.kind == "variable":
            return self._value(token.text)
        if token.text.lower() in {"true", "false"}:
            return token.text.lower() == "true"
        self._at -= 1
        raise self.error()

    def _value(self, name: str) -> Any:
        value = self._values.get(name)
        if value is None:
            raise ConditionError("playbooks.condition.no_value", name=name)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return value

    def _word(self, word: str) -> bool:
        return self._take("word", word)

    def _op(self, text: str) -> bool:
        return self._take("op", text)

    def _take(self, kind: str, text: str) -> bool:
        token = self.peek()
        if token is None or token.kind != kind or token.text.upper() != text:
            return False
        self._at += 1
        return True


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


_READERS: Mapping[str, Callable[[str], Any]] = {"text": _unquoted, "number": _number}


def _compare(name: str, left: Any, right: Any, source: str) -> bool:
    if name in {"=", "=="}:
        return _equal(left, right)
    if name in {"!=", "<>"}:
        return not _equal(left, right)
    if name == "LIKE":
        return _like(_shown(left), _shown(right))
    if name == "MATCHES":
        return _matches(_shown(left), _shown(right))
    if name in {"ISSUBSET", "ISSUPERSET"}:
        inner, outer = (left, right) if name == "ISSUBSET" else (right, left)
        return _subnet(_shown(inner), _shown(outer), source)
    one, other = _ordered(left, right)
    return bool({"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[name])


def _equal(left: Any, right: Any) -> bool:
    one, other = _ordered(left, right)
    return bool(one == other)


def _ordered(left: Any, right: Any) -> tuple[Any, Any]:
    numbers = _as_number(left), _as_number(right)
    if None not in numbers:
        return numbers
    return _shown(left), _shown(right)


def _as_number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?", value.strip(), re.ASCII):
        return _number(value.strip())
    return None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _like(value: str, pattern: str) -> bool:
    # % any run, _ one character; matched by RE2, so that no pattern can hang the worker
    import re2

    parts = [".*" if one == "%" else "." if one == "_" else re.escape(one) for one in pattern]
    return re2.fullmatch("(?s)" + "".join(parts), value) is not None


def _matches(value: str, pattern: str) -> bool:
    import re2

    try:
        return re2.search(pattern, value) is not None
    except re2.error as error:
        raise ConditionError("playbooks.condition.bad_pattern", text=pattern[:120]) from error


def _subnet(inner: str, outer: str, source: str) -> bool:
    try:
        one, other = ip_network(inner, strict=False), ip_network(outer, strict=False)
    except ValueError as error:
        raise ConditionError("playbooks.condition.unreadable", text=source[:120], at=0) from error
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.subnet_of(other)
    return isinstance(one, IPv6Network) and isinstance(other, IPv6Network) and one.subnet_of(other)
