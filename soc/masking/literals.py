"""Literals of SQL statements, of any dialect, cut or whole."""

import polars as pl

#: strings (escaped, plain, dollar-quoted; the closing quote may be cut off), comments, numbers
_STRINGS = r"\be'(?:[^'\\]|\\.|'')*'?|'(?:[^']|'')*'?|\$[a-z_]*\$.*?(?:\$[a-z_]*\$|\z)|--[^\n]*|/\*.*?(?:\*/|\z)"
_ALL = rf"(?is){_STRINGS}|\b[0-9][0-9a-z_]*(?:\.[0-9][0-9a-z_]*)?\b"
#: MySQL takes double quotes for strings as well
_ALL_MYSQL = rf'(?is)"(?:[^"\\]|\\.)*"?|{_STRINGS}|\b[0-9][0-9a-z_]*(?:\.[0-9][0-9a-z_]*)?\b'
_LISTS = r"\?(?:\s*,\s*\?)+"


def literals_masked(statement: pl.Expr, *, double_quotes: bool = False) -> pl.Expr:
    """Return statements with every literal and comment as ``?``; lists of them as one."""
    return statement.str.replace_all(_ALL_MYSQL if double_quotes else _ALL, "?").str.replace_all(_LISTS, "?")


def strings_masked(text: pl.Expr) -> pl.Expr:
    """Return texts that hold statements among other things with their quoted strings as ``'?'``."""
    return text.str.replace_all(rf"(?is){_STRINGS}", "'?'")
