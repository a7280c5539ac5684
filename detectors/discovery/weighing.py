"""How much the values and the name of one column speak for each type; neighbours come later (context)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, log2

from detectors.discovery import against
from detectors.discovery.measure import Measures
from detectors.recognizers.build import SPREAD
from detectors.recognizers.definition import Proof, Recognizer, recognizers
from detectors.recognizers.hints import SURE, NameOpinion
from detectors.recognizers.own import own_recognizers
from detectors.recognizers.scanner import ALSO

NAME_SURE, NAME_MAYBE = 0.85, 0.4
NAME_ONLY = 0.72
#: the share of right check digits, above chance, from which a check digit proves a type
_PROVEN_CHECK = 0.4
#: the weight from which a form is so particular that nothing else has it
_PARTICULAR = 0.9
_PROVEN_SHARE = 0.5
#: how unlikely right check digits must be by chance (four of four are), since many types are tried
_BITS = 12.0
_SEVERAL = 40  # values; of more a good share that is right is no luck
_UNCONFIRMED = 0.5  # what is left of a particular form's word that no source confirms and no name supports
_DOUBTED = 0.2  # what is left of the values' word where it is doubted
_CHECKED_THOUGH_FEW, _NEARLY_ALL = 0.5, 0.9  # and where nearly all check digits are right
_HANDFUL = 400  # different values: of millions of rows a fiftieth would be no list of choices
_ALL_BUT_NONE, _PEOPLES = 0.95, 3  # of the values, and how many groups, where their short names alone say it
_FEW = 10  # values, whose check digits may all be wrong by chance


@dataclass(frozen=True, slots=True)
class Candidate:
    """One type that a column may hold, and why.

    ``by_values`` is how far the values alone speak for it, whatever the name says; ``proven`` is true
    where they leave no other explanation; ``doubted`` where the name speaks of another kind of thing, or the
    values are built as another's: then no neighbour raises it. ``resembles`` is how likely the type is by a name that no list
    has (see :mod:`detectors.discovery.witness`), 0 where that was not asked.
    """

    recognizer: Recognizer
    confidence: float
    matched: float
    checked: float | None = None
    masked: float = 0.0
    embedded: float = 0.0
    name: float = 0.0
    fitting: float = 0.0
    proven: bool = False
    neighbour: str = ""
    by_values: float = 0.0
    doubted: bool = False
    resembles: float = 0.0

    @property
    def supported(self) -> bool:
        """Whether something beside the values says the same."""
        return self.name >= SURE or bool(self.neighbour)


def joined(*evidences: float) -> float:
    """Independent evidences together."""
    doubt = 1.0
    for evidence in evidences:
        doubt *= 1.0 - min(max(evidence, 0.0), 1.0)
    return 1.0 - doubt


def candidates(measures: Measures, opinion: NameOpinion) -> list[Candidate]:
    """Every type with what speaks for it in this column."""
    return [weigh(recognizer, measures, opinion) for recognizer in recognizers().values()]


def own_candidates(measures: Measures, opinion: NameOpinion) -> list[Candidate]:
    """The own types that are sought, with what speaks for each."""
    return [weigh(recognizer, measures, opinion) for recognizer in own_recognizers().values()]


def weigh(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> Candidate:
    """How much the values and the name speak for one type."""
    if recognizer.proof is Proof.OWN:
        return _weigh_own(recognizer, measures, opinion)
    if recognizer.proof is Proof.NAME:
        return _weigh_named(recognizer, measures, opinion)
    said = opinion.of(recognizer.id)
    matched, masked = _matched(recognizer, measures), measures.share(measures.hidden, recognizer.id)
    if said >= SURE and recognizer.loose and matched < _PROVEN_SHARE:
        return _said_alone(recognizer, measures, said)
    if said >= SURE and recognizer.also:
        matched = max(matched, min(1.0, matched + measures.share(measures.hits, recognizer.id + ALSO)))
    if not matched and not masked:
        return Candidate(recognizer, 0.0, 0.0, name=said)
    fitting = fit_of(matched + masked)
    if not said and (recognizer.proof is Proof.WEAK or (recognizer.numeric and opinion.against(recognizer.id))):
        fitting = _nearly_all(matched + masked)
    weight, checked, proven = _weight(recognizer, measures)
    shown = against.Shown(matched, checked, proven=proven, masked=masked)
    doubted = _doubted(recognizer, measures, opinion, shown)
    if masked > matched:
        weight, proven = max(0.0, 0.85 - 0.1 * (recognizer.weight < 0.3)), False
    of_name = _of_name(said) * (0.3 if _denied(recognizer, measures, checked, said) else 1.0)
    left = _doubts(recognizer, measures, opinion) * (_left_of(shown) if doubted else 1.0)
    confidence = joined(weight * left * fitting, of_name * fitting)
    return Candidate(
        recognizer,
        confidence,
        min(1.0, matched),
        checked,
        masked,
        name=said,
        fitting=fitting,
        proven=proven and matched >= _PROVEN_SHARE and not doubted and (said > 0 or not recognizer.unverified),
        by_values=weight * fitting,
        doubted=doubted,
    )


def _doubted(recognizer: Recognizer, measures: Measures, opinion: NameOpinion, shown: against.Shown) -> bool:
    """Whether something says that the values are another thing's, and chance explains their shape."""
    said = opinion.of(recognizer.id)
    if said >= SURE or (said and not measures.sequential and recognizer.check is None):
        return False  # somebody who was given a block of numbers has digits that all of them share
    if opinion.against(recognizer.id) and not against.stands(recognizer, measures, shown, opinion.thing):
        return True
    return against.built_otherwise(recognizer, measures, shown)


def _left_of(shown: against.Shown) -> float:
    """What is left of the doubted values' word: nearly all check digits right keep it a hint, however few rows there are."""
    return _CHECKED_THOUGH_FEW if shown.proven and (shown.checked or 0.0) >= _NEARLY_ALL else _DOUBTED


def _denied(recognizer: Recognizer, measures: Measures, checked: float | None, said: float) -> bool:
    """Whether check digits are no better than chance where the shape says little: a hint in the name is none then."""
    few = measures.hits.get(recognizer.id, 0) < _FEW
    return (
        checked is not None and checked <= 2 * recognizer.chance and recognizer.weight < 0.5 and said < SURE and not few
    )


def _doubts(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> float:
    """What makes the values' word count less: a name that says something else, a run of numbers."""
    said = opinion.of(recognizer.id)
    if recognizer.needs_name and not said:
        return 0.0
    left = 1.0
    if recognizer.unverified and not said:
        # no source confirms the form: nothing is believed of it but what no counter could give, and of that no more than a hint
        left = _UNCONFIRMED if recognizer.weight >= _PARTICULAR else 0.0
    if opinion.sure and not said and recognizer.check is None:
        left *= 0.6
    if recognizer.id == "ip" and said < SURE and measures.share(measures.hits, "version") >= 0.5:
        left *= 0.2
    spread = measures.hits.get(recognizer.id + SPREAD, 0) > 0
    if (
        opinion.other
        and recognizer.check is None
        and (recognizer.proof is Proof.WEAK or recognizer.numeric)
        and not spread
    ):
        left *= 0.4
    if recognizer.numeric and measures.sequential and said < SURE:
        left *= 0.3
    return left


def _weigh_named(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> Candidate:
    """Types that only a name can say; the values must not contradict it."""
    said = opinion.of(recognizer.id)
    matched = 1.0 if recognizer.pattern is None else _matched(recognizer, measures)
    masked = measures.share(measures.hidden, recognizer.id)
    fitting = fit_of(matched + masked)
    confidence = NAME_ONLY * fitting if said >= SURE else 0.0
    return Candidate(recognizer, confidence, matched, masked=masked, name=said, fitting=fitting)


def _said_alone(recognizer: Recognizer, measures: Measures, said: float) -> Candidate:
    """A type that its name says whatever the values are, as long as they do not contradict it."""
    matched = min(
        1.0, measures.share(measures.hits, recognizer.id) + measures.share(measures.hits, recognizer.id + ALSO)
    )
    fitting = fit_of(matched)
    return Candidate(recognizer, NAME_ONLY * fitting, matched, name=said, fitting=fitting)


def _of_name(said: float) -> float:
    if said >= SURE:
        return NAME_SURE
    return NAME_MAYBE if said else 0.0


def fit_of(share: float) -> float:
    """0 up to a tenth of the values, 1 from six tenths on: real columns are dirty."""
    return min(1.0, max(0.0, (share - 0.1) / 0.5))


def _nearly_all(share: float) -> float:
    """:func:`fit_of` where nothing but a shape speaks that many things have: half of the values are no sign of it."""
    return min(1.0, max(0.0, (share - 0.5) / 0.3))


def _matched(recognizer: Recognizer, measures: Measures) -> float:
    """The share of a type; its family's other members help the one that leads."""
    own = measures.share(measures.hits, recognizer.id)
    if recognizer.family == recognizer.id or not own:
        return own
    shares = [
        measures.share(measures.hits, other.id)
        for other in recognizers().values()
        if other.family == recognizer.family and other.proof is not Proof.WEAK
    ]
    return min(1.0, max(own, sum(shares))) if own >= max(shares, default=0.0) else own


def _weight(recognizer: Recognizer, measures: Measures) -> tuple[float, float | None, bool]:
    """How far the values prove the type, the share of right check digits, and whether that is proof."""
    hits = measures.hits.get(recognizer.id, 0)
    if recognizer.check is None or not hits:
        particular = recognizer.check is None and recognizer.weight >= _PARTICULAR
        return recognizer.weight, None, particular
    passed, chance = measures.passed.get(recognizer.id, 0), recognizer.chance
    checked = passed / hits
    proof = min(1.0, max(0.0, (checked - 2 * chance) / (0.55 - 2 * chance)))
    bits = -log2(comb(hits, passed) * chance**passed) if hits <= _SEVERAL else -log2(chance) * passed
    sure = proof * min(1.0, max(0.0, bits) / _BITS) ** 2
    proven = checked >= _PROVEN_CHECK and bits >= _BITS
    return recognizer.weight + (0.98 - recognizer.weight) * sure, checked, proven


def _weigh_own(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> Candidate:
    """Types whose values only a module of their own can read."""
    said = opinion.of(recognizer.id)
    masked = measures.share(measures.hidden, recognizer.id)
    matched = min(1.0, _OWN[recognizer.id](measures, said)) if recognizer.id in _OWN else 0.0
    shown = against.Shown(matched, None, proven=False, masked=masked)
    doubted = opinion.against(recognizer.id) and not against.stands(recognizer, measures, shown, opinion.thing)
    weight = recognizer.weight * (0.5 if opinion.other else 1.0) * (_DOUBTED if doubted else 1.0)
    listed = recognizer.id == "person_name" and masked <= matched and enumerated(measures) and said < SURE
    weight *= 0.55 if listed else 1.0
    fitting = fit_of(matched + masked)
    proven = matched >= 0.7 and not listed and masked <= matched and not doubted
    confidence = joined(weight * fitting, _of_name(said) * fitting)
    return Candidate(
        recognizer,
        confidence,
        matched,
        masked=masked,
        name=said,
        fitting=fitting,
        proven=proven,
        by_values=recognizer.weight * fitting,
        doubted=doubted,
    )


def enumerated(measures: Measures) -> bool:
    """A handful of values over many rows: a list of choices rather than of persons."""
    return measures.filled >= 20 and measures.distinct <= min(_HANDFUL, max(6, measures.filled // 50))


def _persons(measures: Measures, said: float) -> float:
    shaped = measures.share(measures.hits, "person_name")
    latin = measures.share(measures.hits, "person_latin")
    english = measures.share(measures.hits, "person_english")
    if said >= SURE:
        # capitalised words of which no list knows any are hardly names, whatever the column is called
        foreign = latin if english >= 0.1 * latin else 0.2 * latin
        return max(shaped, measures.share(measures.hits, "person_loose_read")) + foreign
    if english >= 0.4:
        return shaped + english
    if measures.model_read:
        read = measures.hits.get("person_read", 0) / measures.model_read
        shaped *= 0.35 + 0.65 * min(1.0, read / 0.75)
    return shaped + latin * 0.6 if said else max(0.0, (shaped - 0.25) / 0.65)


def _addresses(measures: Measures, said: float) -> float:
    return measures.share(measures.hits, "address_loose" if said >= SURE else "address")


def _groups(measures: Measures, said: float) -> float:
    full, short = measures.share(measures.hits, "ethnic"), measures.share(measures.hits, "ethnic_short")
    if short >= _ALL_BUT_NONE and measures.hits.get("ethnic_han_short") and measures.distinct >= _PEOPLES:
        return full + short  # 土, 京 and 水 are other things too, but not beside 汉, and nothing else with them
    if said >= SURE and measures.hits.get("ethnic_han"):
        return full + short + measures.share(measures.hits, "ethnic_code")
    return full + short if said or full else 0.0


def _tracks(measures: Measures, _said: float) -> float:
    return measures.share(measures.hits, "trajectory")


def _positions(measures: Measures, _said: float) -> float:
    return measures.share(measures.hits, "lonlat")


_OWN: Mapping[str, Callable[[Measures, float], float]] = {
    "person_name": _persons,
    "address": _addresses,
    "ethnic": _groups,
    "trajectory": _tracks,
    "lonlat": _positions,
}
