"""Two people changed one document: what each changed against the version both began with.

A document is looked at leaf by leaf; a list whose members have an ``id`` is a mapping by it, so that two people who
each add a rule do not meet. What only one side changed is taken; where both did, somebody chooses. The order of such
a list is a leaf of its own, of the members that all sides have: rules are read from the top.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: what stands where there is nothing
ABSENT = None
Path = tuple[str, ...]
#: the last step of the way to the order of a list; no id, which has no space in it
ORDER = "( order )"


class Side(StrEnum):
    """Whose word is taken."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Change:
    """One leaf on which the sides are not both as they were; ``conflict`` where both changed it, and differently."""

    path: Path
    base: Any
    mine: Any
    theirs: Any

    @property
    def name(self) -> str:
        """The way to the leaf, as forms and pages say it."""
        return "/".join(self.path)

    @property
    def conflict(self) -> bool:
        """Whether somebody has to choose."""
        return self.mine != self.theirs and self.base not in (self.mine, self.theirs)

    @property
    def shown(self) -> tuple[Any, Any, Any]:
        """Base, mine and theirs for reading: of mappings on every side only the fields that are not alike."""
        all_three = (self.base, self.mine, self.theirs)
        there = [one for one in all_three if one is not ABSENT]
        if len(there) < 2 or not all(isinstance(one, Mapping) for one in there):
            return all_three
        alike = {key for key in there[0] if all(key in one and one[key] == there[0][key] for one in there)}
        base, mine, theirs = (_without(one, alike) for one in all_three)
        return base, mine, theirs

    @property
    def side(self) -> Side:
        """The side that changed it; of a conflict, theirs, which is in force."""
        return Side.MINE if self.theirs == self.base else Side.THEIRS


def changes(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return every leaf that either side changed, in the order of their names."""
    leaves = [dict(_leaves(document)) for document in (base, mine, theirs)]
    found = []
    for path in sorted({path for document in leaves for path in document}):
        was, ours, other = (document.get(path, ABSENT) for document in leaves)
        if ours != was or other != was:
            found.append(Change(path, was, ours, other))
    return tuple(sorted([*found, *_moves(base, mine, theirs)], key=lambda one: one.path))


def merged(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], choices: Mapping[str, Side]
) -> dict[str, Any]:
    """Return their document with my changes in it; ``choices`` by :attr:`Change.name` decide conflicts."""
    body: dict[str, Any] = _copied(theirs)
    taken = [one for one in changes(base, mine, theirs) if _side_of(one, choices) is Side.MINE]
    for change in taken:
        if change.path[-1] != ORDER:
            _put(body, change.path, change.mine)
    moved = {one.path[:-1] for one in taken if one.path[-1] == ORDER}
    ours, others = _lists(mine), _lists(theirs)
    for path, members in _lists(body).items():
        first, second = (ours, others) if path in moved else (others, ours)
        _arrange(members, _woven(_ids(first.get(path, [])), _ids(second.get(path, []))))
    return body


def _side_of(change: Change, choices: Mapping[str, Side]) -> Side:
    return choices.get(change.name, change.side) if change.conflict else change.side


def _moves(*documents: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the lists whose members are not in one order everywhere."""
    base, *others = [_lists(one) for one in documents]
    for path in base:
        if all(path in one for one in others):
            orders = [_ids(one[path]) for one in (base, *others)]
            everywhere = set(orders[0]).intersection(*orders)
            was, ours, other = ([one for one in order if one in everywhere] for order in orders)
            if ours != was or other != was:
                yield Change((*path, ORDER), was, ours, other)


def _lists(document: Any, path: Path = ()) -> dict[Path, list[Any]]:
    """Return the lists of members with an id, by the way to each."""
    if isinstance(document, list):
        return {path: document} if _by_id(document) else {}
    found: dict[Path, list[Any]] = {}
    if isinstance(document, Mapping):
        for key, value in document.items():
            found |= _lists(value, (*path, str(key)))
    return found


def _ids(members: list[Any]) -> list[str]:
    return [str(one["id"]) for one in members]


def _woven(first: list[str], second: list[str]) -> list[str]:
    """Return the ids of the first order, and each that only the second has behind the one it stands behind there."""
    order, known, place = list(first), set(first), 0
    for name in second:
        if name not in known:
            order.insert(place, name)
        place = order.index(name) + 1
    return order


def _arrange(members: list[Any], order: list[str]) -> None:
    places = {name: place for place, name in enumerate(order)}
    members.sort(key=lambda one: places.get(str(one["id"]), len(places)))


def _without(value: Any, keys: set[str]) -> Any:
    return value if value is ABSENT else {key: one for key, one in value.items() if key not in keys}


def _leaves(document: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    keyed = _by_id(document)
    if keyed is None or not keyed:
        if path:
            yield path, document
        return
    for key, value in keyed.items():
        # a member of a list is one leaf: half of a rule is no rule
        if isinstance(document, list):
            yield (*path, key), value
        else:
            yield from _leaves(value, (*path, str(key)))


def _by_id(document: Any) -> Mapping[str, Any] | None:
    if isinstance(document, Mapping):
        return document
    if isinstance(document, list) and document and all(isinstance(one, Mapping) and "id" in one for one in document):
        return {str(one["id"]): one for one in document}
    return None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _put(body: Any, path: Path, value: Any) -> None:
    key, rest = path[0], path[1:]
    if isinstance(body, list):
        _put_member(body, key, value)
    elif not rest:
        _put_leaf(body, key, value)
    else:
        # where a branch is missing, a member with an id says that it was a list
        listed = isinstance(value, Mapping) and value.get("id") == rest[-1] and len(rest) == 1
        if not isinstance(body.get(key), dict | list):
            body[key] = [] if listed else {}
        _put(body[key], rest, value)


def _put_leaf(body: dict[str, Any], key: str, value: Any) -> None:
    emptied = value is ABSENT or (isinstance(value, dict | list) and not value)
    if emptied and isinstance(body.get(key), dict | list) and body[key]:
        return  # what the other side put there meanwhile is looked at leaf by leaf
    if value is ABSENT:
        body.pop(key, None)
    else:
        body[key] = value


def _put_member(members: list[Any], name: str, value: Any) -> None:
    places = [at for at, one in enumerate(members) if str(one.get("id")) == name]
    if value is ABSENT:
        for at in reversed(places):
            del members[at]
    elif places:
        members[places[0]] = value
    else:
        members.append(value)
