"""Values that look sensitive, masked in running text without a checksum: rather one too many.

What the recognizers say of a column is exact and slow; here is what every stored log line
passes, by the same definitions (``rules``). A whole column is first searched once for anything that could be one of these
(``suspects``), and only the few texts that have it are gone through.
"""

import re
from functools import cache

import polars as pl

from soc.masking.rules import Rule, rules
from soc.masking.suspects import CARD_OF_A_SIM, KEYS, LONG_NUMBER, SECRET_SIGNS, suspects

#: after a key that is a word of its own and =, all up to a separator is its value
_KEYED = rf"(?i)(^|[^a-z0-9])((?:{KEYS})=)[^&\s\x1c-\x1f\"';]+"
#: a plate behind its percent-encoded province, which only addresses of pages have
_ENCODED = re.compile(r"(%E[4-9](?:%[0-9A-Fa-f]{2}){2}[A-HJ-NP-Z])[A-HJ-NP-Z0-9]{3,4}([A-HJ-NP-Z0-9]{2})(?![A-Z0-9])")
NUMBERS = ("resident_id", "iccid", "bank_card", "mobile")
SECRETS = ("private_key", "jwt", "cloud_ak", "http_auth", "session")
OTHERS = ("jdbc", "email", "plate")
_SECRET = re.compile(SECRET_SIGNS)
_DIGITS = re.compile(rf"\d{{11}}|{LONG_NUMBER}|{CARD_OF_A_SIM}")
#: what a text must have before any of the rules is worth trying: they are slow, most texts short of it
_WORTH_IT = rf"\d{{11}}|@|%40|%E|[^\x00-\x7F]|{SECRET_SIGNS}|{LONG_NUMBER}|{CARD_OF_A_SIM}"


def mask_text(text: str) -> str:
    """Return ``text`` with everything that looks sensitive masked; applied twice it is the same."""
    return str(_shown(pl.Series([text], dtype=pl.String))[0])


def masked(texts: pl.Series, among: pl.Series | None = None) -> pl.Series:
    """Mask a whole column; nulls stay.

    Args:
        texts: the column.
        among: the rows to look at, where it is known already which hold nothing (``suspects`` of
            a text that this one is a part of).
    """
    rows = (suspects(texts) if among is None else among).arg_true()
    found = texts.gather(rows)
    shown = _shown(found)
    if shown.equals(found, check_names=False):
        return texts  # nothing in this column; writing it anew would copy it whole
    # the masked texts go behind the others and are picked from there: nothing else is copied
    places = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    places = places.scatter(rows, pl.int_range(len(texts), len(texts) + len(shown), dtype=pl.UInt32, eager=True))
    return pl.concat([texts, shown.alias(texts.name)], rechunk=True).gather(places)


def _shown(texts: pl.Series) -> pl.Series:
    """Mask texts: keyed values first, since most long numbers stand behind a key and are gone by then."""
    shown = texts.str.replace_all(_KEYED, "${1}${2}***")
    rows = shown.str.contains(_WORTH_IT).fill_null(value=False).arg_true()
    if not len(rows):
        return shown
    left = shown.gather(rows)
    known = {text: _by_rules(text) for text in left.unique()}
    return shown.scatter(rows, pl.Series([known[text] for text in left], dtype=pl.String))


def _by_rules(text: str) -> str:
    text = _applied(text, SECRETS) if _SECRET.search(text) else text
    text = _applied(text, NUMBERS) if _DIGITS.search(text) else text
    if "@" in text or "%40" in text:
        text = _applied(text, ("jdbc", "email") if "://" in text else ("email",))
    text = _applied(text, ("plate",)) if not text.isascii() else text
    return _ENCODED.sub(r"\1***\2", text) if "%E" in text else text


def _applied(text: str, names: tuple[str, ...]) -> str:
    for rule in _of(*names):
        text = rule.applied(text)
    return text


@cache
def _of(*names: str) -> tuple[Rule, ...]:
    return tuple(rules()[name] for name in names)
