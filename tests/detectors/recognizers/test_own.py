"""Own recognizers read together say of a column's values exactly what each says alone."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.recognizers.own import could_hold, holds, right, seeking, shapes
from soc.ledger.own_matching import matcher
from soc.ledger.own_types import OwnDefinition, definition_of
from tests.detectors.workshop.making import CITY, ferry_pass

_PATTERNS = [r"FD-\d{4}", r"^Q[0-9]{3}$", "K(?:7|8)z?9", r"渡\d{3}", r"\d{4}", r"(?i)xy[0-9]{3}", r"(?P<n>L\d{2})"]
_VALUES = ["FD-1234", "fd-1234", "FD1234", "Q123", "K7z9", "渡123", "1234", "XY123", "L12", "甲板", "deck", "DECK", "x"]
_TEXTS = st.lists(st.sampled_from([*_VALUES, " ", "在", "-"]), min_size=1, max_size=4).map("".join)


@st.composite
def recognizers(draw: st.DrawFn) -> tuple[OwnDefinition, ...]:
    found = []
    for at in range(draw(st.integers(1, 6))):
        words = draw(st.lists(st.sampled_from(["甲板", "deck", "Q123"]), max_size=2, unique=True))
        pattern = draw(st.sampled_from(_PATTERNS)) if not words or draw(st.booleans()) else ""
        check = draw(st.sampled_from(["", "luhn"])) if not words else ""
        more = {"strip": draw(st.sampled_from(["", "-"])), "upper": draw(st.booleans())}
        table = ferry_pass(
            id=f"own_{at}", zh=f"类型{at}", en=f"t {at}", pattern=pattern, words=words, check=check, **more
        )
        found.append(definition_of(CITY, table))
    return tuple(found)


@given(st.lists(_TEXTS, max_size=6), st.lists(_TEXTS, max_size=6), recognizers())
def test_hits_and_right_check_digits_are_those_of_each_alone(
    sample: list[str], rest: list[str], definitions: tuple[OwnDefinition, ...]
) -> None:
    hits: dict[str, int] = {}
    passed: dict[str, int] = {}
    for one in definitions:
        reader = matcher(one)
        found = [plain for plain in map(reader.form, sample) if reader.fits(plain)]
        if found:
            found += [plain for plain in map(reader.form, rest) if reader.fits(plain)]
            hits[one.id] = len(found)
            passed |= {one.id: right(one, found)} if one.check else {}
    with seeking(definitions):
        assert shapes(sample, rest) == (hits, passed)


@given(st.lists(_TEXTS, max_size=6), recognizers())
def test_no_text_that_holds_a_value_is_left_out(texts: list[str], definitions: tuple[OwnDefinition, ...]) -> None:
    with seeking(definitions):
        near = could_hold(texts)
    assert [text for text in texts if text not in near and any(holds(one, text) for one in definitions)] == []
