"""What a name resembles: parts of names, and the model that weighs them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import content
from detectors.recognizers.definition import recognizers
from detectors.recognizers.resemblance import FILE, NOTHING, features, likely, likeness, parsed


def likeliest(name: str, comment: str = "") -> str:
    chances = likely(name, comment)
    return max(chances, key=lambda one: chances[one])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("driverCitizenIdentityNo", "resident_id"),
        ("收件人移动联系电话", "mobile"),
        ("cklxsjh", "mobile"),
        ("warehouse_shelf_total", NOTHING),
    ],
)
def test_a_name_that_no_list_has_resembles_those_of_its_type(name: str, meant: str) -> None:
    assert likeliest(name) == meant


def test_a_comment_speaks_beside_the_name() -> None:
    assert likeliest("f_017", "收件人移动联系电话") == "mobile"


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_name_is_its_chances_are_one_together_or_none(name: str, comment: str) -> None:
    chances = likely(name, comment)
    assert not chances or sum(chances.values()) == pytest.approx(1.0)
    assert all(0.0 <= share <= 1.0 for share in chances.values())


@given(st.text(max_size=60))
def test_each_part_of_a_name_counts_once(name: str) -> None:
    assert len(set(features(name))) == len(features(name))


def test_the_model_knows_every_type_and_how_usual_its_form_is() -> None:
    assert set(likeness().types) == {NOTHING, *recognizers()}
    assert all(0.0 < share <= 1.0 for share in likeness().usual.values())


def test_the_shipped_model_is_plain_numbers_that_say_where_they_come_from() -> None:
    text = content.path(FILE).read_text(encoding="utf-8")
    assert text.startswith("#")
    assert "likeness.py" in text
    assert parsed(text) == likeness()


def test_a_line_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        parsed("!\t-\t0\t1.0\nw:card\tone\n")
