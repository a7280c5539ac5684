"""The taxonomy in both languages."""

import re

from policies.grading.taxonomy import taxonomy


def test_every_row_is_told_in_english_too() -> None:
    for one in taxonomy():
        told = [one.table_title("en"), one.upgrade_rule("en")]
        assert one.table_title("en"), one.code
        assert bool(one.upgrade_rule("en")) == bool(one.upgrade), one.code
        assert not [text for text in told if any("一" <= letter <= "鿿" for letter in text)], one.code
        assert (one.table_title("zh"), one.upgrade_rule("zh")) == (one.table_zh, one.upgrade)


def test_the_english_of_a_rule_names_the_same_levels() -> None:
    def named(text: str) -> list[str]:
        return re.findall(r"G[1-4]|\bI\b", text.replace("(候选", " (").replace("I/", "I "))

    for one in taxonomy():
        assert named(one.upgrade_rule("en")) == named(one.upgrade), one.code
