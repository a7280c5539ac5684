"""Addresses in Chinese text: a chain of divisions, a street, a number; known divisions raise the score."""

import re
from functools import cache
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from detectors.discovery.sentences.lexical import PLACE

_WORD = r"[\u3400-\u9fff]"
_ADDRESS = re.compile(
    rf"(?:(?:中国)?{_WORD}{{2,7}}?(?:省|自治区))?"
    rf"(?:{_WORD}{{2,6}}?(?:市|自治州|地区|盟))?"
    rf"(?:{_WORD}{{1,6}}?(?:区|县|旗|市))?"
    rf"(?:{_WORD}{{1,6}}?(?:镇|乡|街道))?"
    rf"(?:{_WORD}{{1,8}}?(?:村|社区|小区|花园|工业园|科技园|新村))?"
    rf"(?:{_WORD}{{1,8}}?(?:大道|大街|公路|国道|路|街|巷|胡同|弄))(?:[东西南北中]段?)?"
    rf"\s?(?:\d{{1,5}}(?:[-—]\d{{1,4}})?(?:号|弄))"
    rf"(?:{_WORD}{{0,10}}?(?:大厦|广场|小区|花园|公寓|大楼|院|苑))?"
    rf"(?:\s?[A-Za-z]?\d{{1,4}}(?:号楼|栋|幢|座|楼|单元|层|室|房|号|[A-Za-z]座)){{0,4}}"
)
_LEAD = re.compile(
    r"^(?:我|他|她|你|住址|地址|住在|家住|住|位于|寄到|送到|送至|到|在|是|于|至|从|的|为|去|来|由|：|:)+"
)


@cache
def _provinces() -> tuple[str, ...]:
    """Names that addresses begin with: provinces and the province's cities, as cpca lists them."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cpca still imports pkg_resources
        import cpca

    names = {str(info.name) for code, info in cpca.ad_2_addr_dict.items() if code[4:6] == "00"}
    return tuple(sorted({short for name in names for short in (name, name.removesuffix("市").removesuffix("省"))}))


def found_in(text: str) -> list[tuple[int, int, float]]:
    """Start, end and score of each address."""
    spans = []
    for match in _ADDRESS.finditer(text):
        start = match.start()
        lead = _LEAD.match(match.group())
        if lead:
            start += lead.end()
        spans.append((start, match.end(), 0.9 if _known_start(text[start : match.end()]) else 0.75))
    return spans


def _known_start(address: str) -> bool:
    return address.startswith(_provinces())


class AddressRecognizer(EntityRecognizer):
    """The rules as a recognizer of Presidio's."""

    def __init__(self) -> None:
        """For Chinese text."""
        super().__init__(supported_entities=[PLACE], supported_language="zh", name="address")

    def load(self) -> None:
        """The rules need no model; the list of divisions loads at the first address."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return every address."""
        return [RecognizerResult(PLACE, start, end, score) for start, end, score in found_in(text)]
