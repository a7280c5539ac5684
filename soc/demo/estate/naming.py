"""How a system names its tables and columns: initials of pinyin, English, Chinese, or numbers only."""

from enum import StrEnum

from soc.demo.chance import Rng
from soc.demo.estate.words import Term

_SHORT = {
    "number": "no", "name": "nm", "date": "dt", "time": "tm", "amount": "amt", "code": "cd", "type": "tp", "status": "st",
    "address": "addr", "phone": "tel", "vehicle": "veh", "driver": "drv", "person": "psn", "enterprise": "ent",
    "description": "desc", "department": "dept", "quantity": "qty", "message": "msg", "division": "div", "mobile": "mob",
    "approval": "aprv", "applicant": "appl", "passenger": "psgr", "certificate": "cert", "registered": "reg",
}  # fmt: skip


class Style(StrEnum):
    """One way of naming."""

    INITIALS = "initials"
    UPPER = "upper"
    PINYIN = "pinyin"
    ENGLISH = "english"
    SHORT = "short"
    CAMEL = "camel"
    HAN = "han"
    NUMBERED = "numbered"


#: how many systems of a hundred name in each style
SHARES = {
    Style.INITIALS: 34, Style.UPPER: 12, Style.PINYIN: 6, Style.ENGLISH: 26, Style.SHORT: 11, Style.CAMEL: 6, Style.HAN: 4,
    Style.NUMBERED: 1,
}  # fmt: skip


def draw_style(rng: Rng) -> Style:
    """A system's style."""
    weights = list(SHARES.values())
    return list(SHARES)[int(rng.choice(len(weights), p=[one / sum(weights) for one in weights]))]


def named(term: Term, style: Style, place: int = 0) -> str:
    """The name of a column that holds ``term``; ``place`` is its place in the table."""
    match style:
        case Style.INITIALS:
            return "".join(one[0] for one in term.syllables).lower()
        case Style.UPPER:
            return "".join(one[0] for one in term.syllables).upper()
        case Style.PINYIN:
            return "".join(term.syllables).lower()
        case Style.ENGLISH:
            return "_".join(term.words).lower()
        case Style.SHORT:
            return "_".join(shortened(one) for one in term.words).lower()
        case Style.CAMEL:
            return "".join(one if at == 0 else one.capitalize() for at, one in enumerate(term.words))
        case Style.HAN:
            return term.zh
        case Style.NUMBERED:
            return f"c{place + 1}"


def shortened(word: str) -> str:
    """An English word as programmers cut it."""
    if word in _SHORT or len(word) <= 4:
        return _SHORT.get(word, word)
    kept = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
    return kept[:5]


def distinct(name: str, taken: set[str]) -> str:
    """A name that its table does not have yet; it is entered as taken. Case does not tell names apart in SQLite."""
    chosen, number = name, 2
    while chosen.lower() in taken:
        chosen, number = f"{name}{number}", number + 1
    taken.add(chosen.lower())
    return chosen
