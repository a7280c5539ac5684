"""Whom a statement's comments and an application's name say they come from: claims, that anybody can write.

Comments are sought outside of strings, since what a web user types ends in a string: a comment in one says
nothing. Keys are those of sqlcommenter (https://google.github.io/sqlcommenter/spec) and W3C's ``traceparent``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import polars as pl

from soc.ledger.routes import route_said

#: longer statements are generated bulk inserts; nobody is told by them
LONGEST_STATEMENT = 64_000
#: characters of a claimed name, and how many are looked at
LONGEST_NAME, _MOST_CLAIMS = 128, 8
_USER_KEYS = frozenset({"user", "user_id", "username"})
_KEYS = _USER_KEYS | {"traceparent", "route"}
#: strings as their server reads them (the end may be cut off) and names; then the comments, a line's too: what is
#: put before the application's own comment can make a line's comment of it, and the two must be seen to differ
_PARTS = r'"[^"]*(?:"|\Z)|\$([A-Za-z_]\w*|)\$.*?(?:\$\1\$|\Z)|--(?P<line>[^\n]*)|/\*(?P<comment>.*?)(?:\*/|\Z)'
_ESCAPED = r"(?:[^'\\]|\\.|'')*(?:'|\\?\Z)"
#: every alternative begins with a letter of its own, which lets the engine skip to the next of them
_POSTGRES = re.compile(rf"(?s)'(?:(?<=\b[eE]'){_ESCAPED}|[^']*(?:'|\Z))|{_PARTS}")
_MYSQL = re.compile(rf"""(?s)'{_ESCAPED}|"(?:[^"\\]|\\.)*(?:"|\\?\Z)|#(?P<hash>[^\n]*)|`[^`]*(?:`|\Z)|{_PARTS}""")
#: key='value' with escaped quotes, or key=value; every key is read, so that none is found in another's value
_PAIR = re.compile(r"([A-Za-z_]\w{0,63}+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s,;'\"]+))")
#: what may stand before a key; * begins a comment within a comment
_BEFORE_KEY = " \t\r\n,;*"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_NO_TRACE = "0" * 32
#: of a server's own comments: what it executes (/*! */), what it is hinted (/*+ */)
_NO_COMMENT = ("!", "+")

#: where none of these stands there is no comment
_MARKS = ("/*", "--", "#")

_NAMED = re.compile(r"(?:^|[;,\s])(?:user|username|user_id)=([^;,\s]+)")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+\S*")
_WORD = re.compile(r"[^\s/;=]{1,128}")


@dataclass(frozen=True, slots=True)
class Said:
    """What the comments of a statement say: names by key, in order, the trace it belongs to, and the interface's route.

    ``torn`` where they say two things under one key: one of them is not the application's.
    """

    users: tuple[str, ...] = ()
    trace: str | None = None
    route: str | None = None
    torn: bool = False


_NOTHING = Said()


def commented(statements: pl.Expr) -> pl.Expr:
    """Keep the statements that may have a comment to be read; null for the others."""
    worth = statements.str.contains_any(list(_MARKS)) & (statements.str.len_chars() <= LONGEST_STATEMENT)
    return pl.when(worth).then(statements)


def comments_say(statement: str, *, mysql: bool = False) -> Said:
    """Read the claims in the comments of a statement."""
    if not statement or len(statement) > LONGEST_STATEMENT:
        return _NOTHING
    said: dict[str, set[str]] = {}
    for key, value in _pairs(statement, _MYSQL if mysql else _POSTGRES):
        said.setdefault(key, set()).add(value)
    users = [value for key, values in said.items() if key in _USER_KEYS for value in sorted(values)]
    traces = {trace for value in said.get("traceparent", ()) if (trace := trace_of(value)) is not None}
    return Said(
        users=tuple(dict.fromkeys(users))[:_MOST_CLAIMS],
        trace=next(iter(traces)) if len(traces) == 1 else None,
        route=_route(said.get("route", set())),
        torn=len(traces) > 1 or any(len(said.get(key, ())) > 1 for key in _USER_KEYS),
    )


def _route(said: set[str]) -> str | None:
    """Return the one route that is said; two, or one that was cut off, are none."""
    only = next(iter(said)) if len(said) == 1 else ""
    return route_said(only) if 0 < len(only) < LONGEST_NAME else None


def _pairs(statement: str, parts: "re.Pattern[str]") -> list[tuple[str, str]]:
    comments = (part[part.lastgroup] for part in parts.finditer(statement) if part.lastgroup)
    return [
        (pair[1], value)
        for comment in comments
        if not comment.startswith(_NO_COMMENT)
        for pair in _PAIR.finditer(comment)
        if pair[1] in _KEYS
        and (pair.start() == 0 or comment[pair.start() - 1] in _BEFORE_KEY)
        and (value := _value(pair[2] or pair[3]))
    ]


def _value(text: str) -> str:
    """Return a value as it was before sqlcommenter wrote it: percent-encoded, quotes behind a backslash."""
    plain = re.sub(r"\\(.)", r"\1", text) if "\\" in text else text
    return unquote(plain).strip()[:LONGEST_NAME]


def trace_of(traceparent: str) -> str | None:
    """Return the trace's id of a ``traceparent``; None where it is none."""
    found = _TRACEPARENT.fullmatch(traceparent.lower())
    return found[1] if found and found[1] != _NO_TRACE else None


@lru_cache(maxsize=4096)
def application_says(name: str) -> tuple[str, ...]:
    """Read whom an ``application_name`` may name, the likeliest first: app/user, user@app, app;user=name.

    An e-mail address is a name too: of user@app the whole comes first.
    """
    if named := _NAMED.search(name):
        return (_cut(named[1]),)
    head, slash, tail = name.strip().partition("/")
    if slash and head and _WORD.fullmatch(tail) and not _VERSION.fullmatch(tail):
        return (_cut(tail),)
    user, at, app = name.strip().rpartition("@")
    if at and app and _WORD.fullmatch(user) and _WORD.fullmatch(app):
        return (_cut(name.strip()), _cut(user))
    return ()


def _cut(name: str) -> str:
    return name[:LONGEST_NAME]
