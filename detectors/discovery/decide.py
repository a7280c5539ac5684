"""From candidates to a finding: who wins, who came second and why, how far the winner is believed.

Two evidences are weighed and joined as independent ones (1 − Π(1 − e)): what the values show, and
what the name says where the values do not contradict it. A name without fitting values is nothing:
a column ``phone`` of amounts is no telephone. Neighbours come to it as a third.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log2

from detectors.discovery.finding import ColumnFinding, Evidence, Lost, Rival, Tier
from detectors.discovery.measure import Measures
from detectors.discovery.weighing import Candidate
from detectors.recognizers.definition import Proof, Recognizer
from detectors.recognizers.hints import SURE, NameOpinion
from detectors.recognizers.own import every_recognizer, sought
from soc.ledger.levels import Level
from soc.ledger.own_types import OwnDefinition

KEPT = 0.4  # what is believed less is not reported
EMPTY = 0.3  # an empty column whose name is clear
_RIVAL = 0.15  # a runner-up that is believed less is not worth a word
_EMBEDDED_SHARE = 0.05
_MOST_CELLS = 0.5  # of cells that hold a value beside other things
_BITS = 12.0  # how unlikely right check digits in such cells must be by chance
_FIRM = 0.6  # the weight of a shape that is believed in a part of a cell


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates, the best first."""
    return sorted(candidates, key=lambda one: (one.confidence, one.name, one.proven, one.matched), reverse=True)


def yielding(order: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without the own ones that keep off: an own type takes no column from a shipped one that protects more.

    It yields where a shipped type is believed that is graver, or as grave and proven, or about persons where
    its own is not; and wherever its definition says so.
    """
    mine = {one.id: one for one in sought()}
    if not mine:
        return list(order)
    shipped = [one for one in order if one.recognizer.id not in mine and one.confidence >= KEPT]
    return [
        one
        for one in order
        if one.recognizer.id not in mine or not any(_keeps(other, one, mine[one.recognizer.id]) for other in shipped)
    ]


def _keeps(shipped: Candidate, own: Candidate, definition: OwnDefinition) -> bool:
    theirs, its = shipped.recognizer.type, own.recognizer.type
    if theirs.id in definition.yields_to or theirs.level.rank > its.level.rank:
        return True
    return theirs.level is its.level and (shipped.proven or (theirs.personal and not its.personal))


def decide(
    name: str, measures: Measures, opinion: NameOpinion, candidates: Sequence[Candidate], comment: str = ""
) -> ColumnFinding:
    """Return what the column holds, or a finding without a type.

    Args:
        name: the column's name, for the finding only.
        measures: what its values look like.
        opinion: what its name and comment say; silent where names are hidden.
        candidates: every type with what speaks for it.
        comment: kept with the finding.
    """
    if not measures.distinct:
        return _unfilled(name, measures, opinion, comment)
    order = yielding(ranked(candidates))
    best = order[0] if order and order[0].confidence >= KEPT else _embedded(measures, opinion)
    if best is None:
        evidence = replace(plain(measures, opinion), withdrawn=_withdrawn(order))
        return ColumnFinding(name=name, evidence=evidence, comment=comment)
    return finding_of(name, best, measures, opinion, order, comment)


def _withdrawn(order: Sequence[Candidate]) -> str:
    """The type that the values would have made a finding, had nothing spoken against it."""
    doubted = [one for one in order if one.doubted and one.by_values >= KEPT]
    return max(doubted, key=lambda one: one.by_values).recognizer.id if doubted else ""


def finding_of(
    name: str,
    best: Candidate,
    measures: Measures,
    opinion: NameOpinion,
    order: Sequence[Candidate] = (),
    comment: str = "",
) -> ColumnFinding:
    """Put the winning candidate into the form of a finding."""
    kind = best.recognizer.type
    tier = Tier.of(proven=best.proven, supported=best.supported)
    if best.embedded:
        tier = Tier.MEDIUM if best.confidence >= 0.6 else Tier.LOW
    evidence = replace(
        plain(measures, opinion),
        matched=best.matched,
        checked=best.checked,
        chance=best.recognizer.chance if best.checked is not None else None,
        masked=best.masked,
        embedded=best.embedded,
        name=best.name,
        neighbour=best.neighbour,
        resembles=best.resembles,
        rival=_rival(best, order),
        withdrawn=_withdrawn(order) if not best.doubted else "",
        unverified=best.recognizer.unverified,
    )
    return ColumnFinding(
        name=name,
        type=kind.id,
        entity=kind.entity,
        confidence=tier.within(best.confidence),
        tier=tier,
        masked=best.masked > 0 and best.masked >= best.matched / 2,
        evidence=evidence,
        comment=comment,
        level=kind.level,
    )


def _rival(best: Candidate, order: Sequence[Candidate]) -> Rival | None:
    """The best of the other types by what the values alone say, and what it lacked."""
    others = [one for one in order if one.recognizer.id != best.recognizer.id]
    second = max(others, key=lambda one: max(one.confidence, one.by_values), default=None)
    if second is None or max(second.confidence, second.by_values) < _RIVAL:
        return None
    return Rival(second.recognizer.id, second.confidence, _lacking(best, second))


def _lacking(best: Candidate, second: Candidate) -> Lost:
    needs = second.recognizer.needs_name or second.recognizer.unverified
    if best.name > second.name or (needs and not second.name):
        return Lost.NAME
    if (best.checked or 0.0) > (second.checked or 0.0) and best.proven:
        return Lost.CHECK
    if best.neighbour and not second.neighbour:
        return Lost.NEIGHBOUR
    return Lost.SHARE if best.matched > second.matched else Lost.WEIGHT


def plain(measures: Measures, opinion: NameOpinion) -> Evidence:
    """What is known of a column whatever it holds."""
    return Evidence(
        rows=measures.rows,
        filled=measures.filled,
        distinct=measures.distinct,
        shape=measures.shape,
        said=tuple(sorted(opinion.sure)),
        thing=opinion.thing.id if opinion.thing else "",
    )


def _unfilled(name: str, measures: Measures, opinion: NameOpinion, comment: str) -> ColumnFinding:
    """An empty column: a clear name makes a low finding, so that the next scan looks again."""
    sure = [one for one in every_recognizer().values() if one.id in opinion.sure]
    if not sure:
        return ColumnFinding(name=name, evidence=plain(measures, opinion), comment=comment)
    found = finding_of(name, Candidate(sure[0], EMPTY, 0.0, name=SURE), measures, opinion, comment=comment)
    return replace(found, confidence=EMPTY, tier=Tier.LOW)


def _of_parts(measures: Measures, opinion: NameOpinion) -> Mapping[str, float]:
    """The types that most cells hold a value of beside other things; weak ones where the name says them."""
    if measures.cells < _MOST_CELLS * measures.distinct:
        return {}
    known = every_recognizer()
    shares = {name: count / measures.cells for name, count in measures.parts.items()}
    return {
        name: share
        for name, share in shares.items()
        if share >= _MOST_CELLS and _believed_beside(known[name], opinion, measures.parts[name])
    }


def _believed_beside(recognizer: Recognizer, opinion: NameOpinion, cells: int) -> bool:
    """Whether a type is believed though its values do not stand alone: the name says it, or chance does not explain them."""
    if opinion.of(recognizer.id) >= SURE:
        return True
    if recognizer.needs_name or recognizer.unverified or opinion.against(recognizer.id):
        return False
    if recognizer.type.level is Level.G1:
        return False  # a remark may well name a road's kilometre
    if recognizer.check is not None:
        return -log2(recognizer.chance) * cells >= _BITS
    return recognizer.proof is Proof.SHAPE and recognizer.weight >= _FIRM


def _embedded(measures: Measures, opinion: NameOpinion) -> Candidate | None:
    """A column of texts in which values of a type stand: the gravest type that is frequent enough."""
    if not measures.texts and not measures.cells:
        return None
    found: Mapping[str, float] = {
        name: count / max(1, measures.texts)
        for name, count in measures.inside.items()
        if count >= 2 and count / measures.texts >= _EMBEDDED_SHARE
    }
    found = found or _of_parts(measures, opinion)
    if not found:
        return None
    known = every_recognizer()
    name = max(found, key=lambda one: (found[one] >= 0.3, known[one].type.level.rank, found[one]))
    confidence = min(0.8, 0.45 + 0.7 * found[name])
    return Candidate(known[name], confidence, 0.0, embedded=found[name], name=opinion.of(name))
