"""Persons, organisations, addresses, telephones and accounts in English text, by rules and name lists.

A name is a run of capitalised words. How surely it is one depends on what stands before it (a title,
"my name is"), on the lists of given and family names, and on its words being no common ones.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from presidio_analyzer import EntityRecognizer, RecognizerResult

from config import content
from detectors.discovery.sentences import english_cues
from detectors.discovery.sentences.machine import Hand, lines
from detectors.discovery.sentences.span import Span
from detectors.recognizers.checksums import luhn
from detectors.recognizers.person_name import english_names

PERSON, ORGANISATION, ADDRESS = "PERSON", "ORGANIZATION", "CN_ADDRESS"
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ŽΆ-Ώ"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿĀ-žΆ-ώ'’-"
_RUN = re.compile(
    rf"\b[{_UPPER}][{_LETTER}]*[{_LETTER}](?:(?: [{_UPPER}]\.?)?(?: (?:van|von|der|de|da|di|la|le|bin|al|el|dos|du))*"
    rf"[ ][{_UPPER}][{_LETTER}]+)*(?: (?:I{{1,3}}|IV|Jr\.?|Sr\.?))?"
)
_TITLE = re.compile(r"(?:\b(?:mr|mrs|ms|miss|dr|prof|professor|sir|madam|lady|captain|rev|sgt)\.?)\s+$", re.IGNORECASE)
_CUE = re.compile(
    r"(?:\b(?:name is|names are|called|named|name[d]?:|i am|i'm|this is|dear|regards,|sincerely,|thanks,|signed|directed by:?|"
    r"written by|sung by|by|hi|hello|says|said|attn:?|attention:?|name\?|contact|customer|patient|mother|father|brother|"
    r"sister|wife|husband|friend|uncle|aunt|grandfather|grandmother|cousin|son|daughter|met|told|asked|calls me|with)\s*[:>,-]?)\s*$",
    re.IGNORECASE,
)
#: people do not always use capitals when they say who they are
_INTRODUCED = re.compile(
    r"(?i:\bmy name is|\bmy name's|\bi am called|\bname:)\s+((?!not\b|on\b|in\b|the\b)[^\W\d_A-Z]{3,}(?: [^\W\d_A-Z]{3,})?)(?=[\s.,!?]|$)"
)
_COMPANY = (
    r"(?:Inc|Incorporated|Ltd|Limited|LLC|LLP|PLC|Corp|Corporation|Company|Co|Group|Holdings|GmbH|AG|Bank|Technologies|"
    r"Systems|Solutions|Partners|Associates|Services|Enterprises|Industries|Consulting|University|Institute|Foundation)"
)
_ORGANISATION = re.compile(
    rf"\b[{_UPPER}][&{_LETTER}]*(?:,? (?:and |& )?[{_UPPER}][&{_LETTER}]*){{0,4}},? {_COMPANY}\b\.?|"
    rf"\b[{_UPPER}][{_LETTER}]+, [{_UPPER}][{_LETTER}]+ and [{_UPPER}][{_LETTER}]+\b"
)
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Way|Place|Pl|Terrace|Parkway|"
    r"Highway|Hill|Close|Crescent|Gardens|Row)"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}(?: \d{{1,4}})? [{_UPPER}][. {_LETTER}]{{2,40}}?(?: \d{{1,4}})?,?\s+(?:Apt\.?|Suite|Unit|#) ?\d+"
    rf"(?:[\s,]+[{_UPPER}][^\n,?.!;:]{{1,40}}){{0,3}}(?:[\s,]+\d{{4,6}})?|"
    rf"\b\d{{1,5}} (?:[{_UPPER}0-9][.0-9{_LETTER}]* ){{1,4}}{_STREET}\b\.?(?:[ ,]+(?:Apt\.?|Suite|Unit) ?\d+)?"
)
_PHONE = (
    r"(?<![\w.+/(-])(?:\+\d{1,3}[-. ]?)?(?:\(\d{1,4}\)[-. ]?)?\d{1,6}(?:[-. ]\d{2,7}){1,5}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-]|[.:]\d)"
    r"|(?<![\w.+])\+\d{8,14}(?!\w)|(?<![\w(])\(\d{1,4}\) ?\d{3,4}[- ]?\d{3,4}(?!\w)"
)
_PLAIN_PHONE = r"(?<![\w.+/-])0?\d{9,10}(?![\w-]|\.\d)"
_CARD = r"(?<![\w.-])(?:\d{4}[ -]?){3}\d{1,4}(?:[ -]?\d{1,3})?(?![\w-])|(?<![\w.-])\d{12,19}(?![\w-])"
_IBAN = r"(?i)(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])"


@cache
def _nobody() -> tuple[frozenset[str], frozenset[str]]:
    """Common words and names of places, in small letters."""
    with content.path("names.toml").open("rb") as file:
        table = tomllib.load(file)["english"]
    return frozenset(table["common"].split()), frozenset(table["places"].split())


def persons(text: str) -> list[tuple[int, int, float]]:
    """Start, end and score of every person's name."""
    found = []
    for match in _RUN.finditer(text):
        start, end = _trimmed(text, match.start(), match.end())
        if start < end and not (text[start:end].isupper() and " " in text[start:end]):
            score = _score(text, start, end)
            if score:
                found.append((start, end, score))
    found += [(match.start(1), match.end(1), 0.8) for match in _INTRODUCED.finditer(text)]
    found += list(english_cues.persons(text, _is_nobody))
    return found + list(_again(text, found))


def _is_nobody(word: str) -> bool:
    bare = _bare(word)
    return any(bare in group for group in _nobody())


def _again(text: str, found: list[tuple[int, int, float]]) -> Iterator[tuple[int, int, float]]:
    """The parts of a full name where they stand alone: Asya Godina … Asya."""
    full = {text[start:end] for start, end, _ in found if " " in text[start:end]}
    parts = {part for name in full for part in name.split() if len(part) >= 3 and not _is_nobody(part)}
    for part in parts:
        for one in re.finditer(rf"(?<![\w-]){re.escape(part)}(?![\w-])", text):
            if not any(start < one.end() and one.start() < end for start, end, _ in found):
                yield one.start(), one.end(), 0.6


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Take common words off both ends of a run, and a possessive off its end."""
    common = _nobody()[0]
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text[start:end])]
    while words and _bare(text[start + words[0][0] : start + words[0][1]]) in common:
        words = words[1:]
    while words and _bare(text[start + words[-1][0] : start + words[-1][1]]) in common:
        words = words[:-1]
    if not words:
        return start, start
    first, last = start + words[0][0], start + words[-1][1]
    possessive = re.search(r"['’]s?$", text[first:last])
    return first, last - (len(possessive.group()) if possessive else 0)


def _bare(word: str) -> str:
    return re.sub(r"['’]s$|[.'’]", "", word.lower())


def _score(text: str, start: int, end: int) -> float:
    """How surely a run of capitalised words is somebody."""
    words = [_bare(word) for word in text[start:end].split()]
    before = text[max(0, start - 30) : start]
    if _company(text[start:end]) or all(word in _nobody()[1] for word in words):
        return 0.0
    if _TITLE.search(before):
        return 0.9
    given, family = english_names()
    if len(words) > 1:
        return _score_of_full(words, before)
    word = words[0]
    if _CUE.search(before) and len(word) > 2:
        return 0.85 if word in given or word in family or not text[start:end].isascii() else 0.6
    return 0.6 if word in given and word not in _nobody()[0] and text[start:end][1:].islower() else 0.0


def _score_of_full(words: list[str], before: str) -> float:
    given, family = english_names()
    known = (words[0] in given) + (words[-1] in family or words[-1] in given)
    if known or _CUE.search(before):
        return 0.85 if known == 2 or _CUE.search(before) else 0.7
    if any(word in group for word in words for group in _nobody()) or len(words) > 3:
        return 0.0
    return 0.65 if any(not word.isascii() for word in words) else 0.0


def organisations(text: str) -> list[tuple[int, int]]:
    """Start and end of names that end as firms do, and of "A, B and C" where none is a given name."""
    given = english_names()[0]
    found = [
        (one.start(), one.end())
        for one in _ORGANISATION.finditer(text)
        if _company(one.group()) or not any(_bare(word) in given for word in re.findall(r"[^\s,]+", one.group()))
    ]
    found = [(start, end) for start, end in found if not re.search(r":\s?$", text[:start])]
    return found + [one for one in english_cues.organisations(text, _is_nobody) if not _is_given(text[one[0] : one[1]])]


def _is_given(name: str) -> bool:
    return _bare(name.split(maxsplit=1)[0]) in english_names()[0]


def _company(text: str) -> bool:
    return re.search(rf"\b{_COMPANY}\.?$", text) is not None


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern of English text, what a hit has to be, and how far it is believed without a word before it."""

    pattern: re.Pattern[str]
    judge: Callable[[str], bool]
    kind: str
    score: float


def is_card(text: str) -> bool:
    """Whether the number has a right check digit and an issuer's first digit."""
    digits = re.sub(r"[ -]", "", text)
    return 12 <= len(digits) <= 19 and digits[0] in "123456" and bool(luhn([digits])[0])


def is_iban(text: str) -> bool:
    """Whether ISO 13616's MOD 97 is right."""
    plain = text.replace(" ", "").upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(symbol, 36)) for symbol in turned)) % 97 == 1


def is_phone(text: str) -> bool:
    """Whether digits are a telephone: no date, no address of a host, not too short."""
    digits = re.sub(r"\D", "", re.split(r"x|ext", text)[0])
    dated = re.match(r"(?:19|20)\d{2}[-. ]\d{1,2}[-. ]\d{1,2}\b|\d{1,2}[-. ]\d{1,2}[-. ](?:19|20)\d{2}\b", text.strip())
    security = re.fullmatch(r"\d{3}-\d{2}-\d{4}", text.strip())
    short = len(digits) < (8 if not re.search(r"[-+(]", text) else 7)
    return not (short or len(digits) > 15 or dated or security or text.count(".") == 3)


_RULES = (
    _Rule(re.compile(_CARD), is_card, "bank_card", 1.0),
    _Rule(re.compile(_IBAN), is_iban, "bank_account", 1.0),
    _Rule(re.compile(_PHONE), is_phone, "mobile", 0.5),
    _Rule(re.compile(_PLAIN_PHONE), is_phone, "mobile", 0.2),
)
_PHONE_WORDS = re.compile(r"phone|call|mobile|cell|fax|tel|desk|reach|number|contact", re.IGNORECASE)


def found_in(text: str) -> Iterator[Span]:
    """Everything of English text that the defined types leave out; lines of machines name nobody."""
    for rule in _RULES:
        for one in rule.pattern.finditer(text):
            if rule.judge(one.group()):
                near = rule.kind == "mobile" and _PHONE_WORDS.search(text[max(0, one.start() - 30) : one.start()])
                yield Span(rule.kind, one.start(), one.end(), min(1.0, rule.score + 0.35) if near else rule.score)
    for start, line, hand in lines(text):
        if hand is not Hand.MACHINE:
            yield from (Span("person_name", start + a, start + b, score) for a, b, score in persons(line))
            yield from (Span("organization", start + a, start + b, 0.7) for a, b in organisations(line))
    yield from (Span("address", one.start(), one.end(), 0.75) for one in _ADDRESS.finditer(text))


class EnglishRecognizer(EntityRecognizer):
    """The rules as a recognizer of Presidio's."""

    _ENTITIES: ClassVar = {
        "person_name": PERSON,
        "organization": ORGANISATION,
        "address": ADDRESS,
        "mobile": "CN_MOBILE_NUMBER",
        "bank_card": "CN_BANK_CARD",
        "bank_account": "CN_BANK_ACCOUNT",
    }

    def __init__(self) -> None:
        """For English text."""
        super().__init__(supported_entities=list(self._ENTITIES.values()), supported_language="en", name="english")

    def load(self) -> None:
        """The lists load at the first text."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return everything that is found."""
        return [RecognizerResult(self._ENTITIES[one.type], one.start, one.end, one.score) for one in found_in(text)]


def english() -> list[EntityRecognizer]:
    """Recognizers for English text beside the defined ones."""
    return [EnglishRecognizer()]
