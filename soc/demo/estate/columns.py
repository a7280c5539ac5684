"""Which columns a table gets: whom and what it speaks of, what was measured, and what every system adds."""

from collections.abc import Sequence
from dataclasses import replace

from soc.demo.chance import Rng
from soc.demo.estate.kinds import TRUTH
from soc.demo.estate.naming import Style, distinct, named
from soc.demo.estate.relation import Planned
from soc.demo.estate.words import Attribute, Subject, Term, Variant, words

_ID = Term("主键", ("zhu", "jian"), ("id",))
_CONTENT = Term("内容", ("nei", "rong"), ("content",))
_MASKABLE = frozenset({"person.id", "person.mobile", "person.card", "person.name", "person.licence"})
#: (name, kind, group) of a column before it is named in the system's style
Draft = tuple[Term, str, str]


def columns_of(
    rng: Rng, subject: Subject, variant: Variant, style: Style, count: int, commented: float, *, hidden: bool = False
) -> tuple[Planned, ...]:
    """Exactly ``count`` columns; ``commented`` is the share that has a comment, ``hidden`` masks persons' data."""
    drafts: list[Draft] = [(_ID, "id", ""), *_entities(rng, subject, variant, count)]
    ending = [_draft(one) for one in _some(rng, words().common, min(7, 1 + count // 6))]
    if rng.random() < 0.015:
        ending.insert(0, (_CONTENT, "text.huge", ""))
    body = max(1, count - len(ending))
    drafts = _filled(rng, drafts[:body], body) + ending
    return _misled(rng, _named(rng, drafts[:count], style, commented, hidden=hidden))


def _entities(rng: Rng, subject: Subject, variant: Variant, count: int) -> list[Draft]:
    drafts: list[Draft] = []
    for place, entity in enumerate(subject.entities):
        if variant.share < 1 and rng.random() > variant.share:
            continue
        roles = words().roles[entity]
        role = roles[0] if place == 0 and rng.random() < 0.6 else roles[int(rng.integers(0, len(roles)))]
        most = max(2, count // (2 + len(subject.entities)))
        taken = _some(rng, words().attributes[entity], int(rng.integers(2, min(most, 9) + 1)))
        drafts += [(_joined(rng, role, one), one.kind, f"{entity}{place}") for one in taken]
    return drafts


def _joined(rng: Rng, role: Term, attribute: Attribute) -> Term:
    """A person's name is often called after the role alone: 当事人, 经办人."""
    alone = attribute.kind == "person.name" and role and rng.random() < 0.5
    return role if alone else role + attribute.term


def _some(rng: Rng, offered: Sequence[Attribute], count: int) -> list[Attribute]:
    """Some of what is offered, each once, the usual ones more often."""
    weights = [one.weight for one in offered]
    count = min(count, len(offered))
    chosen = rng.choice(len(offered), count, replace=False, p=[one / sum(weights) for one in weights])
    return [offered[at] for at in sorted(chosen.tolist())]


def _draft(attribute: Attribute) -> Draft:
    return attribute.term, attribute.kind, ""


def _filled(rng: Rng, drafts: list[Draft], count: int) -> list[Draft]:
    """Add what was measured of a few topics until there are ``count`` columns."""
    topics = words().topics
    while len(drafts) < count:
        topic = topics[int(rng.integers(0, len(topics)))]
        taken = _some(rng, words().measures, min(int(rng.integers(2, 7)), count - len(drafts)))
        drafts += [(topic + one.term, _varied(rng, one.kind), "") for one in taken]
    return drafts


def _varied(rng: Rng, kind: str) -> str:
    """Some systems keep instants as text, and some remarks tell whom to call."""
    if kind == "time.moment" and rng.random() < 0.15:
        return "time.text14"
    if kind == "text.remark" and rng.random() < 0.15:
        return "text.remark_contact"
    return "empty" if rng.random() < 0.03 else kind


def _named(rng: Rng, drafts: Sequence[Draft], style: Style, commented: float, *, hidden: bool) -> list[Planned]:
    taken: set[str] = set()
    spoken = rng.random(len(drafts))
    return [
        Planned(
            name=distinct(named(term, style, place), taken),
            comment=term.zh if spoken[place] < commented else "",
            kind=kind,
            group=group,
            masked=hidden and kind in _MASKABLE,
        )
        for place, (term, kind, group) in enumerate(drafts)
    ]


def _misled(rng: Rng, columns: list[Planned]) -> tuple[Planned, ...]:
    """In some tables two columns bear each other's names: what was called ``phone`` holds amounts."""
    telling = [at for at, one in enumerate(columns) if one.kind in TRUTH and one.group]
    silent = [at for at, one in enumerate(columns) if one.kind not in TRUTH and one.kind not in {"id", "empty"}]
    if telling and silent and rng.random() < 0.12:
        first, second = telling[int(rng.integers(0, len(telling)))], silent[int(rng.integers(0, len(silent)))]
        names = columns[first].name, columns[second].name
        columns[first] = replace(columns[first], name=names[1], comment="")
        columns[second] = replace(columns[second], name=names[0], comment="")
    return tuple(columns)
