"""Values of organisations' own recognizers in stored log lines: hidden whole, whatever their check digit says."""

from collections.abc import Iterable, Sequence

import polars as pl

from soc.ledger.own_matching import matcher
from soc.ledger.own_types import OwnDefinition

HIDDEN = "***"


def own_masked(texts: pl.Series, definitions: Sequence[OwnDefinition]) -> pl.Series:
    """Hide the values of own recognizers that are to be hidden in logs; nulls stay."""
    wanted = [one for one in definitions if one.log]
    if not wanted or texts.null_count() == len(texts):
        return texts
    shown = {text: own_mask_text(text, wanted) for text in texts.drop_nulls().unique()}
    changed = {text: to for text, to in shown.items() if text != to}
    if not changed:
        return texts
    return pl.Series(texts.name, [None if text is None else changed.get(text, text) for text in texts], pl.String)


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
