"""Values of organisations' own recognizers in stored log lines: hidden whole, whatever their check digit says.

Every line passes here, so one search over a text says whether any recognizer could see anything in it; only the few
texts where one could are gone through recognizer by recognizer.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from soc.ledger.own_matching import Sieve, matcher, sieve_of
from soc.ledger.own_types import OwnDefinition

HIDDEN = "***"


def own_masked(texts: pl.Series, definitions: Sequence[OwnDefinition]) -> pl.Series:
    """Hide the values of own recognizers that are to be hidden in logs; nulls stay."""
    wanted = tuple(one for one in definitions if one.log)
    if not wanted or texts.null_count() == len(texts):
        return texts
    shown = {text: own_mask_text(text, wanted) for text in _suspects(texts.drop_nulls().unique(), sieve_of(wanted))}
    changed = {text: to for text, to in shown.items() if text != to}
    if not changed:
        return texts
    rows = texts.is_in(pl.Series(list(changed)).implode()).fill_null(value=False).arg_true()
    return texts.scatter(rows, pl.Series([changed[text] for text in texts.gather(rows)], dtype=pl.String))


def own_mask_text(text: str, definitions: Iterable[OwnDefinition]) -> str:
    """Return ``text`` with the values of these recognizers hidden."""
    for one in definitions:
        parts, at = [], 0
        for start, end in sorted(matcher(one).places(text)):
            if start >= at:
                parts += [text[at:start], HIDDEN]
                at = end
        text = "".join([*parts, text[at:]]) if parts else text
    return text


def _suspects(texts: pl.Series, sieve: Sieve) -> pl.Series:
    """The texts that could hold a value."""
    found = _with_words(texts, sieve)
    if sieve.plain or sieve.raised:
        # what has a word needs no second look
        found = pl.Series([has or sieve.sees(text) for has, text in zip(found, texts, strict=True)], dtype=pl.Boolean)
    return texts.filter(found)


def _with_words(texts: pl.Series, sieve: Sieve) -> pl.Series:
    found = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    for words, either in ((sieve.words, False), (sieve.words_either, True)):
        if words:
            found |= texts.str.contains_any(list(words), ascii_case_insensitive=either)
    return found
