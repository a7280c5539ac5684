import pytest

from config.settings import Settings
from soc.crypto import SealError, ring_of, seal_steadily, unseal_steadily


@pytest.mark.parametrize("text", ["mobile-user", "港口.靠泊 '\"\\", "a" * 16, "a" * 4_000])
def test_a_text_comes_out_the_same_each_time_and_back_as_it_was(settings: Settings, text: str) -> None:
    sealed = seal_steadily(settings, "p", text)
    assert sealed == seal_steadily(settings, "p", text)
    assert text not in sealed
    assert unseal_steadily(settings, "p", sealed) == text


def test_texts_of_one_block_cannot_be_told_by_their_length(settings: Settings) -> None:
    assert len(seal_steadily(settings, "p", "10.1.2.3")) == len(seal_steadily(settings, "p", "10.111.222.33"))


def test_what_was_sealed_before_a_rotation_still_opens(settings: Settings) -> None:
    before = seal_steadily(settings, "p", "x")
    ring_of(settings).rotate("p")
    assert seal_steadily(settings, "p", "x") != before
    assert unseal_steadily(settings, "p", before) == "x"


@pytest.mark.parametrize("place", [0, 20, -1])
def test_what_was_altered_does_not_open(settings: Settings, place: int) -> None:
    letters = list(seal_steadily(settings, "p", "secret"))
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(SealError):
        unseal_steadily(settings, "p", "".join(letters))


@pytest.mark.parametrize("written", ["", "é", "====", "a/b", "A" * 20_000, "A" * 12])
def test_what_is_no_sealed_text_does_not_open(settings: Settings, written: str) -> None:
    seal_steadily(settings, "p", "secret")
    with pytest.raises(SealError):
        unseal_steadily(settings, "p", written)


def test_what_was_cut_does_not_open(settings: Settings) -> None:
    with pytest.raises(SealError):
        unseal_steadily(settings, "p", seal_steadily(settings, "p", "secret")[:-4])


def test_another_purposes_text_does_not_open(settings: Settings) -> None:
    sealed = seal_steadily(settings, "p", "x")
    seal_steadily(settings, "q", "x")
    with pytest.raises(SealError):
        unseal_steadily(settings, "q", sealed)
