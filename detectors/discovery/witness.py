"""What a name that no list knows says beside the values: which type it resembles, among those that the values fit.

The likeness of a name (:mod:`detectors.recognizers.resemblance`) is never a finding by itself. How likely a type is by its name is
weighed with how much more often its columns fit its form than columns of nothing sensitive do (Bayes): a form that
hardly anything has raises it, one that a third of all columns have hardly does, and values that do not fit rule it out.
What comes of it makes a low finding and no more, unless values or neighbours prove it.
"""

from dataclasses import dataclass, replace

from detectors.discovery.measure import Measures
from detectors.discovery.weighing import NAME_ONLY, Candidate, candidates, fit_of, weigh
from detectors.recognizers.definition import Recognizer, recognizers
from detectors.recognizers.hints import MAYBE, SILENT, NameOpinion
from detectors.recognizers.resemblance import NOTHING, likely, likeness
from detectors.recognizers.scanner import ALSO

_LIKELY = 0.8  # from which on a likeness is heard
_SURELY = 0.95  # and from which on also where the name ends in a word for another thing
_FITS = 0.6  # of the values
_MOST = 50.0  # how much a fitting form may speak for a type
_ANYTHING = 0.25  # what values say that fit a type which takes nearly any text
_RULED_OUT = 0.02
_POSSIBLE = 0.005  # a type that is less likely by its name is not looked at
_SAID = 0.25  # how likely the name alone has to make it: a form that hardly anything has is judged without it
_HEARD = 0.45  # what is believed of a likeness whose values fit: a low finding
_OF_NAME_ONLY = 0.65  # of what a listed name alone is believed


@dataclass(frozen=True, slots=True)
class Resembled:
    """The type that a name resembles, and how likely it is with the values in view, 0 to 1."""

    type: str
    share: float


def testified(name: str, comment: str, measures: Measures, opinion: NameOpinion) -> list[Candidate]:
    """Every type with what speaks for it: the values, the name as it is listed, or else what it resembles.

    Args:
        name: of the column.
        comment: in the source, may be empty.
        measures: what its values look like.
        opinion: what the lists say of the name; where it is silent or sure, no likeness is asked for.
    """
    seen = None if opinion is SILENT or opinion.sure else resembled(name, comment, measures)
    if seen is None or (seen.share < _SURELY and (opinion.other or opinion.thing)):
        return candidates(measures, opinion)
    hinted = replace(opinion, types={seen.type: MAYBE, **opinion.types}, other=False, said=True)
    return [
        _raised(one, measures, seen, listed=opinion.of(seen.type)) if one.recognizer.id == seen.type else one
        for one in candidates(measures, hinted)
    ]


def resembled(name: str, comment: str, measures: Measures) -> Resembled | None:
    """The type that a name resembles and that the values fit; None where nothing is likely, or no values are there."""
    chances = likely(name, comment) if measures.distinct else {}
    weighed = {
        one: share * (1.0 if one == NOTHING else _speaks(recognizers()[one], measures))
        for one, share in chances.items()
        if share >= _POSSIBLE
    }
    best = max(weighed, key=lambda one: weighed[one], default=NOTHING)
    if best == NOTHING or chances[best] < _SAID or weighed[best] < _LIKELY * sum(weighed.values()):
        return None
    return Resembled(best, weighed[best] / sum(weighed.values()))


def fits(recognizer: Recognizer, measures: Measures) -> bool:
    """Whether most values have the form of a type, masked ones among them."""
    alone = weigh(recognizer, measures, SILENT)
    read = {"address": "address_loose", "person_name": "person_loose"}.get(recognizer.id, "")
    return max(alone.matched + alone.masked, measures.share(measures.hits, read)) >= _FITS


def _speaks(recognizer: Recognizer, measures: Measures) -> float:
    """How many times likelier values like these are in a column of a type than in one of nothing sensitive."""
    if fits(recognizer, measures):
        return min(_MOST, 0.9 / likeness().usual[recognizer.id])
    anything = recognizer.loose and measures.share(measures.hits, recognizer.id + ALSO) >= _FITS
    return _ANYTHING if anything else _RULED_OUT


def _raised(candidate: Candidate, measures: Measures, seen: Resembled, *, listed: float) -> Candidate:
    """The candidate that the name resembles, believed as far as a likeness goes."""
    recognizer, told = candidate.recognizer, replace(candidate, name=listed, resembles=seen.share)
    share = max(candidate.matched, measures.share(measures.hits, recognizer.id + ALSO)) if recognizer.loose else 0.0
    believed = NAME_ONLY * _OF_NAME_ONLY * fit_of(min(1.0, share))
    believed = max(believed, _HEARD if fits(recognizer, measures) else 0.0)
    if candidate.confidence >= believed:
        return told
    return replace(told, confidence=believed, fitting=max(candidate.fitting, fit_of(share)))
