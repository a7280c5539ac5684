"""The stranger's texts are the same for a seed, and each of their marks covers what it says."""

import re
from itertools import pairwise, product

import pytest

from detectors.discovery.evaluation.stranger.texts import texts
from detectors.discovery.evaluation.stranger.values import read, words
from detectors.discovery.evaluation.texts import KnownText

SEED = 3


@pytest.fixture(scope="module")
def written() -> list[KnownText]:
    return texts(SEED)


def _covered(written: list[KnownText], type_: str) -> set[str]:
    return {one.text[start:end] for one in written for kind, start, end in one.marks if kind == type_}


def test_a_seed_always_gives_the_same_names(written: list[KnownText]) -> None:
    assert texts(SEED) == written
    assert texts(SEED + 1) != written


def test_there_are_300_texts_with_persons_and_50_without(written: list[KnownText]) -> None:
    with_persons = sum(any(kind == "person_name" for kind, _, _ in one.marks) for one in written)
    assert with_persons >= 300
    assert len(written) - with_persons >= 50


def test_no_two_lines_are_the_same() -> None:
    lines = [line for part in read("texts.toml").values() for line in part.strip().splitlines()]
    assert len(lines) == len(set(lines))


def test_persons_are_put_together_from_made_up_parts(written: list[KnownText]) -> None:
    listed = words()
    han = {surname + given for surname, given in product(listed["surnames"], listed["given"])}
    assert _covered(written, "person_name") <= han | set(listed["minority"]) | set(listed["foreign"])


def test_organisations_and_addresses_are_those_in_brackets(written: list[KnownText]) -> None:
    source = "".join(read("texts.toml").values())
    assert _covered(written, "organization") == set(re.findall(r"\[([^\]]+)\]", source))
    assert _covered(written, "address") == set(re.findall(r"\{([^}]+)\}", source))


def test_marks_do_not_overlap_and_no_markup_is_left(written: list[KnownText]) -> None:
    for one in written:
        places = sorted((start, end) for _, start, end in one.marks)
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        assert not re.search(r"<[pmf]\d?>|[\[\]{}]", one.text)
