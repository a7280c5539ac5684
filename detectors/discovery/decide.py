"""From counts and a name to a finding: the vote of name, shape, check digit and neighbours.

Two evidences are weighed and joined as independent ones (1 − Π(1 − e)): what the values show, and
what the name says where the values do not contradict it. A name without fitting values is nothing:
a column ``phone`` of amounts is no telephone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from detectors.discovery.finding import ColumnFinding, Evidence, Tier
from detectors.discovery.measure import Measures
from detectors.recognizers.definition import Proof, Recognizer, recognizers
from detectors.recognizers.hints import SURE, NameOpinion

NAME_SURE, NAME_MAYBE = 0.85, 0.4
KEPT = 0.4  # what is believed less is not reported
EMPTY = 0.3  # an empty column whose name is clear
_NAME_ONLY = 0.72
_EMBEDDED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """One type that a column may hold, and why."""

    recognizer: Recognizer
    confidence: float
    matched: float
    checked: float | None = None
    masked: float = 0.0
    embedded: float = 0.0
    name: float = 0.0


def decide(name: str, measures: Measures, opinion: NameOpinion, comment: str = "") -> ColumnFinding:
    """Return what the column holds, or a finding without a type.

    Args:
        name: the column's name, for the finding only.
        measures: what its values look like.
        opinion: what its name and comment say; silent where names are hidden.
        comment: kept with the finding.
    """
    if not measures.distinct:
        return _unfilled(name, measures, opinion, comment)
    candidates = [weigh(recognizer, measures, opinion) for recognizer in recognizers().values()]
    best = max(candidates, key=lambda one: (one.confidence, one.name, one.matched), default=None)
    if best is None or best.confidence < KEPT:
        best = _embedded(measures, opinion)
    if best is None:
        return ColumnFinding(name=name, evidence=_plain(measures), comment=comment)
    return finding_of(name, best, measures, comment)


def finding_of(name: str, best: Candidate, measures: Measures, comment: str) -> ColumnFinding:
    """Put the winning candidate into the form of a finding."""
    kind = best.recognizer.type
    evidence = replace(
        _plain(measures),
        matched=best.matched,
        checked=best.checked,
        masked=best.masked,
        embedded=best.embedded,
        name=best.name,
    )
    return ColumnFinding(
        name=name,
        type=kind.id,
        entity=kind.entity,
        confidence=best.confidence,
        tier=Tier.of(best.confidence),
        masked=best.masked > 0 and best.masked >= best.matched / 2,
        evidence=evidence,
        comment=comment,
        level=kind.level,
    )


def _plain(measures: Measures) -> Evidence:
    return Evidence(rows=measures.rows, filled=measures.filled, distinct=measures.distinct, shape=measures.shape)


def _unfilled(name: str, measures: Measures, opinion: NameOpinion, comment: str) -> ColumnFinding:
    """An empty column: a clear name makes a low finding, so that the next scan looks again."""
    sure = [one for one in recognizers().values() if one.id in opinion.sure]
    if not sure:
        return ColumnFinding(name=name, evidence=_plain(measures), comment=comment)
    return finding_of(name, Candidate(sure[0], EMPTY, 0.0, name=SURE), measures, comment)


def weigh(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> Candidate:
    """How much the values and the name speak for one type."""
    said = opinion.of(recognizer.id)
    if recognizer.proof is Proof.OWN:
        return _weigh_own(recognizer, measures, opinion)
    matched, masked = _matched(recognizer, measures), measures.share(measures.hidden, recognizer.id)
    if recognizer.proof is Proof.NAME and recognizer.pattern is None:
        matched = 1.0
    fitting = _fitting(matched + masked)
    weight, checked = _weight(recognizer, measures)
    if recognizer.proof is Proof.NAME:
        return Candidate(recognizer, _NAME_ONLY * fitting if said >= SURE else 0.0, matched, name=said)
    if masked > matched:
        weight = max(0.0, 0.85 - 0.1 * (recognizer.weight < 0.3))
    if opinion.other and recognizer.check is None and (recognizer.proof is Proof.WEAK or recognizer.numeric):
        weight *= 0.4
    if recognizer.numeric and measures.sequential and said < SURE:
        weight *= 0.3
    if recognizer.needs_name and not said:
        weight = 0.0
    if recognizer.also and said >= SURE:
        fitting = max(fitting, 0.95)
    confidence = joined(weight * fitting, _of_name(said) * fitting)
    return Candidate(recognizer, confidence, min(1.0, matched), checked, masked, name=said)


def joined(*evidences: float) -> float:
    """Independent evidences together."""
    doubt = 1.0
    for evidence in evidences:
        doubt *= 1.0 - min(max(evidence, 0.0), 1.0)
    return 1.0 - doubt


def _of_name(said: float) -> float:
    if said >= SURE:
        return NAME_SURE
    return NAME_MAYBE if said else 0.0


def _fitting(share: float) -> float:
    """0 up to a tenth of the values, 1 from six tenths on: real columns are dirty."""
    return min(1.0, max(0.0, (share - 0.1) / 0.5))


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


def _weight(recognizer: Recognizer, measures: Measures) -> tuple[float, float | None]:
    """How far the values prove the type, and the share of right check digits."""
    if recognizer.check is None:
        return recognizer.weight, None
    hits = measures.hits.get(recognizer.id, 0)
    passed = measures.passed.get(recognizer.id, 0)
    if not hits:
        return recognizer.weight, None
    checked, chance = passed / hits, recognizer.chance
    proof = min(1.0, max(0.0, (checked - 2 * chance) / (0.55 - 2 * chance)))
    sure = proof * (1 - chance ** min(passed, 8))
    return recognizer.weight + (0.98 - recognizer.weight) * sure, checked


def _weigh_own(recognizer: Recognizer, measures: Measures, opinion: NameOpinion) -> Candidate:
    """Types whose values only a module of their own can read."""
    said = opinion.of(recognizer.id)
    masked = measures.share(measures.hidden, recognizer.id)
    matched = OWN[recognizer.id](measures, said) if recognizer.id in OWN else 0.0
    weight = recognizer.weight * (0.5 if opinion.other else 1.0)
    if recognizer.id == "person_name" and masked <= matched and _enumerated(measures) and said < SURE:
        weight *= 0.55
    fitting = _fitting(matched + masked)
    return Candidate(
        recognizer, joined(weight * fitting, _of_name(said) * fitting), min(1.0, matched), masked=masked, name=said
    )


def _enumerated(measures: Measures) -> bool:
    """A handful of values over many rows: a list of choices rather than of persons."""
    return measures.filled >= 20 and measures.distinct <= max(6, measures.filled // 50)


def _persons(measures: Measures, said: float) -> float:
    shaped = measures.share(measures.hits, "person_name")
    latin = measures.share(measures.hits, "person_latin")
    if measures.model_read:
        read = measures.hits.get("person_read", 0) / measures.model_read
        shaped = shaped * (0.35 + 0.65 * min(1.0, read / 0.75)) if said < SURE else shaped
    if said:
        return shaped + latin * (1.0 if said >= SURE else 0.6)
    return max(0.0, (shaped - 0.25) / 0.65)


def _addresses(measures: Measures, said: float) -> float:
    return measures.share(measures.hits, "address_loose" if said >= SURE else "address")


def _groups(measures: Measures, said: float) -> float:
    full, short = measures.share(measures.hits, "ethnic"), measures.share(measures.hits, "ethnic_short")
    return full + short if said or full else 0.0


def _tracks(measures: Measures, said: float) -> float:
    return measures.share(measures.hits, "trajectory") if said else 0.0


def _positions(measures: Measures, _said: float) -> float:
    return measures.share(measures.hits, "lonlat")


OWN = {
    "person_name": _persons,
    "address": _addresses,
    "ethnic": _groups,
    "trajectory": _tracks,
    "lonlat": _positions,
}


def _embedded(measures: Measures, opinion: NameOpinion) -> Candidate | None:
    """A column of texts in which values of a type stand: the gravest type that is frequent enough."""
    if not measures.texts:
        return None
    found: Mapping[str, float] = {
        name: count / measures.texts
        for name, count in measures.inside.items()
        if count >= 2 and count / measures.texts >= _EMBEDDED_SHARE
    }
    if not found:
        return None
    known = recognizers()
    name = max(found, key=lambda one: (found[one] >= 0.3, known[one].type.level.rank, found[one]))
    confidence = min(0.8, 0.45 + 0.7 * found[name])
    return Candidate(known[name], confidence, 0.0, embedded=found[name], name=opinion.of(name))
