from soc.crypto.algorithms import USES, Standing, in_use
from soc.text import known


def test_every_algorithm_is_explained_in_both_languages() -> None:
    assert all(known(use.why) for use in USES)


def test_what_is_weak_is_named() -> None:
    assert [use.algorithm for use in in_use(Standing.WEAK)] == ["HMAC-SHA-1"]


def test_chinese_ciphers_are_not_called_foreign() -> None:
    assert not [use for use in in_use(Standing.FOREIGN) if "SM" in use.algorithm]
