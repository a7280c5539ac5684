"""What stands around a name in English: who speaks, lives and is asked; who founded, employs and was founded.

A capitalised word that no list knows is somebody where the sentence treats it as one.
"""

import re
from collections.abc import Callable, Iterator

_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŽΆ-Ώ"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿĀ-žΆ-ώ'’-"
_WORD = rf"[{_UPPER}][{_LETTER}]*[a-zà-öø-ÿā-ž]"
_LINK = r"(?:van der|van den|van|von|der|den|de la|de|da|di|del|della|la|le|bin|al|el|dos|du|ten|ter|af|av)"
_NAME = rf"{_WORD}(?: [{_UPPER}]\b\.?)?(?: {_LINK})?(?: {_WORD}){{0,2}}"
_ROLE = (
    r"(?:Producer|Professor|President|Director|Judge|Senator|Captain|Coach|King|Queen|Prince|Princess|Minister|Chancellor|Governor|Mayor|Sheriff|Officer|Detective|Agent|"
    r"Nurse|Doctor|Uncle|Aunt|Brother|Sister|Saint|Pope|Bishop|Father|General|Colonel|Major|Sergeant|Lieutenant|Singer|Actor|Actress|Author|Manager|Engineer|Driver)"
)
_SPEAKS = (
    r"(?:said|says|told|tells|asked|asks|shouted|replied|explained|wrote|writes|called|calls|lives?|lived|works|worked|resides|moved|spent|joined|died|married|met|"
    r"loves|likes|thinks|added|announced|was born|will be|is from|is talking|is calling|is married|visited|arrived|left|signed|ordered|bought|paid|can be reached|can I|could you|please)"
)
_OWNS = r"['’]s? (?:address|phone|mobile|number|email|e-mail|name|card|account|birthday|wife|husband|mother|father|house|home|car|flight|order|password|passport|license|licence|office|boss|brother|sister|son|daughter)\b"
#: who speaks in a form or a chat, and words that stand for people
_ROLES_ONLY = frozenset(
    [
        "i",
        "we",
        "he",
        "she",
        "they",
        "you",
        "it",
        "who",
        "bot",
        "user",
        "agent",
        "caller",
        "operator",
        "customer",
        "client",
        "note",
        "subject",
        "address",
        "phone",
        "email",
        "date",
        "website",
        "fax",
        "tel",
        "mobile",
        "attn",
        "re",
        "fw",
        "cc",
        "to",
        "from",
        "question",
        "answer",
        "summary",
    ]
)
_PATTERNS: tuple[tuple[re.Pattern[str], float], ...] = (
    # a role before, and only what stands behind it is the name
    (re.compile(rf"\b{_ROLE} ({_NAME})"), 0.8),
    # a middle initial: few things but people have one
    (re.compile(rf"\b({_WORD} [{_UPPER}]\.? {_WORD}(?:-{_WORD})?)\b"), 0.8),
    (re.compile(rf"\b({_WORD} {_LINK} {_WORD})\b(?=[ ,.]? ?(?:{_SPEAKS}|and\b|from\b|$))"), 0.7),
    (re.compile(rf"(?:^|[.!?]\s+|[\"“>,]\s*)({_NAME}),? {_SPEAKS}\b", re.MULTILINE), 0.65),
    (re.compile(rf"\b({_NAME}){_OWNS}"), 0.7),
    # a part in a play: a name, a colon, and what is said
    (re.compile(rf"^({_WORD}(?: {_WORD})?): (?=[{_UPPER}\"“][^\n]*[.!?])", re.MULTILINE), 0.6),
    (re.compile(rf"\b(?:asked|told|met|with|shouted at|married|named|called|son|daughter|kid|child|wife|husband|brother|sister|friend|boss|colleague|between) ({_NAME})\b"), 0.6),
    (re.compile(rf"\bBetween ({_WORD}) and|(?:and|&) ({_WORD}) (?:were|are) "), 0.5),
)  # fmt: skip
#: names after a colon, or of whom there is a number: founders: Eklund, Michael and Hodge
_LISTED = re.compile(rf"(?::|\bbetween|\bboth) ?({_WORD}(?:, {_WORD})*,? (?:and|&) {_WORD})\b")
_PAIR = re.compile(rf"(?<![,{_LETTER}] )\b({_WORD}) and ({_WORD}) (?:were|are|have|met|married|live|lived|went)\b")
_EMPLOYS = re.compile(
    rf"\b(?:work(?:s|ed|ing)? (?:at|for|with)|employed (?:by|at)|employee of|CEO of|founder of|customer of|office of|offices of|contract with|account (?:at|with)|join(?:ed|ing)?|company(?: called| named)?|from) "
    rf"({_WORD}(?:(?: (?:and|&|of))? {_WORD}){{0,3}}|{_WORD}, {_WORD},? and {_WORD})(?= (?:is|as|and|was|in|for|since|on|at|has)\b|[.,?!]|$)"
)
_FOUNDED = re.compile(
    rf"(?:^|[.!?]\s+|\bThe |\b[Tt]he address of )({_WORD}(?: {_WORD}){{0,3}}) (?:is the brainchild|was founded|has offices|is headquartered|employs|announced|office is|offices are|headquarters|is an? (?:\w+ ){{0,2}}(?:company|agency|firm|startup|bank|supplier|carrier|manufacturer))|\b[Tt]he address of ({_WORD}(?: {_WORD}){{0,3}}) is\b",
    re.MULTILINE,
)

Nobody = Callable[[str], bool]


def persons(text: str, nobody: Nobody) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of what the sentence treats as somebody.

    Args:
        text: some English.
        nobody: whether a word is a common one, or a place.
    """
    for pattern, score in _PATTERNS:
        for one in pattern.finditer(text):
            group = next((place for place in range(1, pattern.groups + 1) if one.group(place)), 0)
            name = re.sub("['’]s$", "", one.group(group)) if group else ""
            words = re.findall(rf"[{_LETTER}]{{2,}}", name)
            if words and not any(nobody(word) or word.lower() in _ROLES_ONLY for word in words):
                yield one.start(group), one.start(group) + len(name), score
    for pattern in (_LISTED, _PAIR):
        for one in pattern.finditer(text):
            for group in range(1, pattern.groups + 1):
                yield from _each(one, group, nobody)


def _each(found: re.Match[str], group: int, nobody: Nobody) -> Iterator[tuple[int, int, float]]:
    start = found.start(group)
    for word in re.finditer(_WORD, found.group(group)):
        if not nobody(word.group()):
            yield start + word.start(), start + word.end(), 0.65


def organisations(text: str, nobody: Nobody) -> Iterator[tuple[int, int]]:
    """Start and end of what employs people and was founded."""
    for pattern in (_EMPLOYS, _FOUNDED):
        for one in pattern.finditer(text):
            group = one.lastindex or 1
            if not nobody(one.group(group).split()[0]):
                yield one.start(group), one.end(group)
