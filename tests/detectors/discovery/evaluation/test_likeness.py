"""Training the model of names: what it learns from, and that it learns."""

import pytest

from detectors.discovery.evaluation import likeness
from detectors.recognizers.resemblance import NOTHING, parsed

WORDS = {("driver_passport", "passport"): 1.0, ("护照号", "passport"): 1.0, ("owner_mobile", "mobile"): 1.0} | {
    (word, NOTHING): 1.0 for word in ("order_total", "asset_total", "price_total")
}


@pytest.fixture(autouse=True)
def _of_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_RARE", 1)


def test_what_was_learnt_is_read_in_names_that_were_not() -> None:
    model = parsed(likeness.trained(WORDS, {"passport": 0.02}))
    for name, meant in (("crew_passport", "passport"), ("旅客护照", "passport"), ("fee_total", NOTHING)):
        read = model.read(name)
        assert max(read, key=lambda one: read[one]) == meant
    assert model.usual["passport"] == 0.02


def test_the_same_words_make_the_same_model() -> None:
    assert likeness.trained(WORDS, {}) == likeness.trained(dict(reversed(WORDS.items())), {})


def test_no_blind_set_is_learnt_from() -> None:
    assert "sixth" not in likeness.SETS


def test_lists_alone_teach_how_words_are_read_and_shortened() -> None:
    told = likeness.samples(likeness.SETS)
    assert told["公民身份证", "resident_id"] == 1.0
    assert 0 < told["gongminshenfenzheng", "resident_id"] <= 1.0
    assert ("asset", NOTHING) in told


def test_a_set_that_is_left_out_teaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "columns", pytest.fail)
    assert likeness.samples(likeness.SETS)
    assert set(likeness.usual(likeness.SETS).values()) == {0.5}
