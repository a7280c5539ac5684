import pytest

from audit.trail.checks import check_crypto
from config.settings import Settings
from soc.crypto.algorithms import USES
from soc.db import Database
from soc.text import t


def lines(state: Database, home: Settings, lang: str) -> list[str]:
    return [t(one.key, lang, **one.params) for one in check_crypto(state, home)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_algorithm_has_one_line_that_says_all_its_uses(state: Database, home: Settings, lang: str) -> None:
    found = lines(state, home, lang)
    for use in USES:
        word = f" {use.algorithm}：" if lang == "zh" else f"{use.algorithm}, "
        standing = t(f"crypto.check_{use.standing}", lang, algorithm=use.algorithm, uses=[])
        (line,) = (one for one in found if one.startswith(standing) and word in one)
        assert t(use.why, lang) in line


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_use_is_told_from_the_next_by_what_parts_them(lang: str) -> None:
    between = "、" if lang == "zh" else ", "
    assert not [use.why for use in USES if between in t(use.why, lang).partition("（" if lang == "zh" else " (")[0]]


def test_chinese_ciphers_come_first_then_the_others_then_what_is_weak(state: Database, home: Settings) -> None:
    first = [line.split()[0] for line in lines(state, home, "zh")[:-1]]
    assert list(dict.fromkeys(first)) == ["国密", "非国密", "较弱"]


def test_keys_that_others_can_read_are_a_fault(state: Database, home: Settings) -> None:
    folder = home.home / "keys"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    assert [(one.level, one.key) for one in check_crypto(state, home)][-1] == ("weak", "crypto.check_keys_open")
