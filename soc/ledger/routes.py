"""What interface a request's path belongs to: ``/drivers/4711`` is ``/drivers/{id}``.

A log names paths with values in them. A part that looks like a value becomes ``{id}``: a number, a code, what is
masked or percent-encoded. The rules look at one part alone, so that the same path gives the same template in
every process and at any time.
"""

import re
from functools import lru_cache

from soc.masking.quick import mask_text
from soc.masking.suspects import SECRET_SIGNS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: the method of a route that a statement's comment names: the comment does not say it, and is but a claim
ANY = "*"
VALUE = "{id}"
#: what lies deeper is one interface: nobody designs a path of more parts, but a scanner sends them
DEEPEST, _REST = 10, "{rest}"
LONGEST = 190
#: longer parts are tokens or texts, no words of a path
_LONGEST_WORD = 40
#: a word of a path: letters, with few digits (v1, oauth2, 2.0 behind a v); : leads to a method of one's own (:export)
_WORD = re.compile(r"[A-Za-z0-9._~:-]+")
_VERSION = re.compile(r"[vV]\d{1,3}(?:\.\d{1,3}){0,2}")
_ONLY_NUMBERS = re.compile(r"[\d._:~-]*\d[\d._:~-]*")
_HEX = re.compile(r"(?=.*\d)[0-9a-fA-F-]{8,}")
_SECRET = re.compile(SECRET_SIGNS)
_DIGIT = re.compile(r"\d")
#: a word of so many digits is a code: a plate, a number of a case
_DIGITS_OF_A_CODE = 4
#: letters and digits mixed so long are a token
_MIXED = 16
_STATIC = re.compile(
    r"\.(?:js|mjs|css|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|otf|eot|mp[34]|webm|wasm|html?|txt|xml\.gz)$",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"\{[^{}/]*\}|:[A-Za-z_]\w*|<[^<>/]*>")


#: Django's way of a parameter within a pattern
_GROUP = re.compile(r"\(\?P<\w+>[^()]*\)")


def route_said(route: str) -> str | None:
    """Return "* /drivers/{id}" of a route as frameworks write it; None where it is no path.

    ``/drivers/:no``, ``drivers/<int:no>/`` and ``^drivers/(?P<no>[0-9]+)$`` are the same.
    """
    plain = _GROUP.sub(VALUE, route.strip().removeprefix("^").removesuffix("$"))
    parts = (VALUE if _PARAMETER.fullmatch(one) else one for one in plain.strip("/").split("/"))
    template = template_of("/" + "/".join(parts))
    return None if template is None or template == "/" else f"{ANY} {template}"


@lru_cache(maxsize=65_536)
def template_of(path: str) -> str | None:
    """Return the template of a path without host and query; None where it names a static file or no path."""
    if not path.startswith("/") or _STATIC.search(path):
        return None
    parts = [one.partition(";")[0] for one in path.split("/")]
    words = [_part(one) for one in parts if one]
    if len(words) > DEEPEST:
        words = [*words[:DEEPEST], _REST]
    made = "/" + "/".join(words)
    return made if len(made) <= LONGEST else None


def _part(part: str) -> str:
    return VALUE if _is_value(part) else part


@lru_cache(maxsize=8_192)
def _is_value(part: str) -> bool:
    if part in {VALUE, _REST}:
        return False
    if len(part) > _LONGEST_WORD or not _WORD.fullmatch(part):
        return True
    if _VERSION.fullmatch(part):
        return False
    digits = len(_DIGIT.findall(part))
    if _ONLY_NUMBERS.fullmatch(part) or _HEX.fullmatch(part) or digits >= _DIGITS_OF_A_CODE:
        return True
    mixed = digits > 0 and len(part) >= _MIXED and not {"-", "_", "."} & set(part)
    # numbers, names and addresses are values by now; masking is slow, and a log may have a million words
    return mixed or (_SECRET.search(part) is not None and mask_text(part) != part)


def route_of(method: str | None, path: str | None) -> str | None:
    """Return "GET /drivers/{id}" of a request; None where it is no interface's."""
    if method not in METHODS or path is None:
        return None
    template = template_of(path)
    return None if template is None else f"{method} {template}"


def alike(path: str) -> tuple[str, ...]:
    """Return the parts by which templates are compared: a parameter is one, whatever it is called and however written.

    ``/drivers/{no}``, ``/drivers/:no`` and ``/drivers/<int:no>`` are alike.
    """
    return tuple(
        "{}" if _PARAMETER.fullmatch(part) else part.lower() for part in path.strip().rstrip("/").split("/") if part
    )


def fits(seen: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    """Say whether a path that was seen belongs to a registered one, both as :func:`alike` gives them.

    What was seen may have a base before it that the register leaves out, or the other way round, as a gateway adds
    and takes away; of one part alone that says too little. A word may stand where the register has a parameter.
    """
    shorter = min(len(seen), len(registered))
    if shorter == 0 or (shorter < 2 and len(seen) != len(registered)):
        return len(seen) == len(registered)
    pairs = list(zip(reversed(seen), reversed(registered), strict=False))
    words = sum(one == other != "{}" for one, other in pairs)
    return words > 0 and all(other in {one, "{}"} for one, other in pairs)
