"""Reading the text of a playbook: strict JSON, bounded in size and depth.

Python's reader takes the last of two equal keys, NaN and any nesting the stack bears; each of
them lets two readers of one signed document see different things, so each is refused here.
"""

import json
import re
from typing import Any, Never

from playbooks.cacao.problem import Code, Problem, Refused

#: the largest playbook read, in bytes; the largest public one has 170 kB
MAX_BYTES = 8 * 1024 * 1024
#: nesting of objects and lists; CACAO's own structures need 9, extensions may need more
MAX_DEPTH = 64

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_DOCUMENT = "playbook"


def read(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that ``raw`` holds.

    Raises:
        Refused: it is not JSON, too large or too deep, has a key twice or a number JSON has not.
    """
    if len(raw) > MAX_BYTES:
        raise Refused(Problem(_DOCUMENT, Code.TOO_LARGE, {"limit": MAX_BYTES // 1024 // 1024}))
    if _depth(raw) > MAX_DEPTH:
        raise Refused(Problem(_DOCUMENT, Code.TOO_DEEP, {"limit": MAX_DEPTH}))
    found = _parsed(raw)
    if not isinstance(found, dict):
        raise Refused(Problem(_DOCUMENT, Code.NOT_V2))
    return found


def _parsed(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
        # a lone surrogate can be read but never written again, nor signed
        json.dumps(found, ensure_ascii=False).encode()
    except ValueError as error:  # a UnicodeError is one too
        raise Refused(Problem(_DOCUMENT, Code.NOT_JSON, {"reason": str(error)[:200]})) from error
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(Problem(twice, Code.DUPLICATE_KEY, {"name": twice}))
    return found


def _constant(name: str) -> Never:
    raise Refused(Problem(_DOCUMENT, Code.NOT_A_NUMBER, {"name": name}))


def _float(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise Refused(Problem(_DOCUMENT, Code.NOT_A_NUMBER, {"name": text[:40]}))
    return value


def _depth(raw: bytes) -> int:
    # counted before the recursive reader runs, which a deep text would stop half-way
    deepest = depth = 0
    for byte in _STRINGS.sub(b"", raw):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
