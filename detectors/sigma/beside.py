"""What a format gave beyond OCSF, looked up in the JSON text of ``unmapped``: ``{"auditd": {"execve.a1": …}}``.

A rule names the field as its own log does, without the format before it.
"""

import polars as pl

#: the arguments of an audit record's EXECVE, as they stand in the text
_ARGUMENT = r'"execve\.a[0-9]+":"(?:[^"\\]|\\.)*"'
_ARGUMENT_HEAD = r'^"execve\.a[0-9]+":"'
_UNMAPPED = pl.col("unmapped")


def beside(field: str) -> pl.Expr:
    """Return a field by its own name, under whichever format; dots are part of the name or part objects."""
    if "." not in field:
        return pl.coalesce(_at(f"$.*['{_plain(field)}']"), _at(f"$..['{_plain(field)}']"))
    inner = "".join(f"['{part}']" for part in _plain(field).split("."))
    return pl.coalesce(_at(f"${inner}"), _at(f"$.*['{_plain(field)}']"), _at(f"$.*{inner}"))


def command_line_of_batch() -> pl.Expr:
    """Return what was run, with its arguments: of Windows, of sudo, of the audit's EXECVE, else of its PROCTITLE."""
    arguments = _UNMAPPED.str.extract_all(_ARGUMENT).list.eval(
        pl.element().str.replace(_ARGUMENT_HEAD, "").str.head(-1)
    )
    joined = arguments.list.join(" ").str.replace_all('\\"', '"', literal=True)
    return pl.coalesce(
        _at("$..['CommandLine']"),
        _at("$.linux_auth['command']"),
        pl.when(joined != "").then(joined),
        _at("$.auditd['proctitle.proctitle']"),
    )


def channel_of_batch() -> pl.Expr:
    """Return the channel of a Windows event, where it says it."""
    return pl.coalesce(_at("$..['Channel']"), _at("$..['channel']"))


def _at(path: str) -> pl.Expr:
    return _UNMAPPED.str.json_path_match(path)


def _plain(field: str) -> str:
    return field.replace("'", "")
