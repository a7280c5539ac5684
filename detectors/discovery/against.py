"""What speaks against a type though values have its shape, and when the values' word stands all the same.

A name that says another kind of thing (资产编号, 订单号, 铅封号) is evidence like any other. Many numbers are shaped like a passport's,
few columns have a right check digit in nearly every value, and nothing but a number plate looks like one. So what stands against
such a name depends on how likely chance makes a column look like the type: right check digits over many values, a form with signs
that nothing else has, or telephone numbers whose beginnings are spread as those of many people are.
"""

from dataclasses import dataclass
from math import log2

from detectors.discovery.measure import Measures
from detectors.recognizers.build import ODD, SPREAD
from detectors.recognizers.definition import Proof, Recognizer
from detectors.recognizers.things import Thing

#: right check digits that stand against a name: how many of the values, and how unlikely by chance (one in a million)
_CHECKED, _BITS = 0.6, 20.0
#: the weight from which a form with letters or signs in it stands by itself
_PARTICULAR = 0.9
#: what a module has read in nearly all of many different values stands as well
_READ, _DIFFERENT = 0.9, 5


@dataclass(frozen=True, slots=True)
class Shown:
    """What the values of a column show of one type.

    The share of its shape, that of right check digits, whether that is proof, and the share that somebody masked.
    """

    matched: float
    checked: float | None
    proven: bool
    masked: float = 0.0


def stands(recognizer: Recognizer, measures: Measures, shown: Shown, thing: Thing | None = None) -> bool:
    """Whether the values say a type so clearly that a name of another ``thing`` does not matter."""
    if shown.masked >= _READ and shown.masked > shown.matched:
        return True  # nobody masks what is no secret
    if recognizer.check is not None:
        bits = -log2(recognizer.chance) * measures.passed.get(recognizer.id, 0)
        return shown.proven and (shown.checked or 0.0) >= _CHECKED and bits >= _BITS
    if thing is not None and recognizer.id in thing.namesakes:
        return False  # goods are called after people: 王老吉
    if recognizer.proof is Proof.OWN:
        return shown.matched >= _READ and measures.distinct >= _DIFFERENT
    if measures.hits.get(recognizer.id + SPREAD, 0):
        return not measures.hits.get(recognizer.id + ODD, 0)
    # signs of writing in it: 军字第…号 is a form that no counter gives
    particular = recognizer.weight >= _PARTICULAR or "字" in measures.shape
    return recognizer.proof is Proof.SHAPE and particular and not recognizer.numeric


def built_otherwise(recognizer: Recognizer, measures: Measures, shown: Shown) -> bool:
    """Whether the values are built as another thing's numbers: padded, dated, or counted up one after another."""
    if shown.proven and recognizer.check is not None:
        return False
    hits = measures.hits.get(recognizer.id, 0)
    return bool(hits) and (
        measures.hits.get(recognizer.id + ODD, 0) >= hits / 2
        or ((recognizer.numeric or recognizer.check is not None) and measures.sequential > 0)
    )
