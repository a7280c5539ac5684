"""What people type, brought to the letter of Lucene syntax before it is parsed.

Log searchers type paths, addresses and times bare: ``path:/admin/x``, ``ip:fe80::1``,
``time:>2026-10-01T08:00:00+08:00``, ``code:-1``. Lucene wants these escaped; here they are.
``/…/`` as a whole value stays what Lucene takes it for, a regular expression.
"""

import re

_PIECE = re.compile(
    r"""(?P<phrase>"(?:\\.|[^"\\])*")      # quoted: as it is
      | (?P<mark>[()\[\]{}\s])             # brackets and blanks: as they are
      | (?P<chunk>(?:\\.|[^()\[\]{}\s"\\])+)
      | (?P<rest>["\\])                    # a quote without its partner: the parser complains
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNED = re.compile(r"(?P<sign>[+\-!]*)(?P<body>.*)", re.DOTALL)
_NAMED = re.compile(r"(?P<name>(?:\\.|[^:\\/])+?):(?!//)(?P<value>.*)", re.DOTALL)
_COMPARED = re.compile(r"(?P<op>[<>]=?)?(?P<value>.*)", re.DOTALL)
_WORDS = {"&&": "AND", "||": "OR", "!": "NOT", "*:*": "*"}


def lucene(text: str) -> str:
    """Return ``text`` with bare values escaped."""
    out: list[str] = []
    inside = False  # of a range, where a name cannot stand
    for piece in _PIECE.finditer(text):
        if piece["mark"]:
            inside = piece["mark"] in "[{" or (inside and piece["mark"] not in "]}")
        out.append(_chunk(piece["chunk"], inside) if piece["chunk"] else piece[0])
    return "".join(out)


def _chunk(chunk: str, inside: bool) -> str:
    if chunk in _WORDS:
        return _WORDS[chunk]
    if inside:
        return chunk if chunk == "TO" else _value(chunk)
    signed = _SIGNED.fullmatch(chunk)
    if signed is None or not signed["body"]:
        return chunk
    sign = signed["sign"].replace("!", "NOT ")
    named = _NAMED.fullmatch(signed["body"])
    return sign + (f"{named['name']}:{_value(named['value'])}" if named else _value(signed["body"]))


def _value(text: str) -> str:
    compared = _COMPARED.fullmatch(text)
    op, value = (compared["op"] or "", compared["value"]) if compared else ("", text)
    if len(value) > 1 and value.startswith("/") and value.endswith("/"):
        return op + value
    value = re.sub(r"(\\.)|([:/])", lambda found: found[1] or "\\" + found[2], value, flags=re.DOTALL)
    return op + re.sub(r"^([+\-!])(?=.)", r"\\\1", value)
