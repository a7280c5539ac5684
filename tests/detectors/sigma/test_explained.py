"""Each shipped rule tells its reader what it means, in both languages, and names techniques by their right tactics."""

from typing import Any

from detectors.sigma.explained import Technique, explained, techniques
from detectors.sigma.rules import LIBRARY, read_rules

FOREIGN: dict[str, Any] = {
    "title": "Odd",
    "description": "x",
    "falsepositives": "Unknown",
    "tags": ["attack.t9999", "cve.2026-1"],
}


def test_a_shipped_rule_is_explained_in_the_readers_language() -> None:
    for rule in read_rules(LIBRARY):
        assert rule.document is not None
        chinese, english = explained(rule.document, "zh"), explained(rule.document, "en")
        for mine, other in ((chinese, english), (english, chinese)):
            assert all((mine.title, mine.means, mine.look_at, mine.harmless)), rule.path
            assert (mine.title, mine.means, mine.look_at, mine.harmless) != (
                other.title,
                other.means,
                other.look_at,
                other.harmless,
            )
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.means + chinese.look_at + chinese.harmless[0])


def test_a_technique_is_known_and_stands_beside_a_tactic_of_its_own() -> None:
    for rule in read_rules(LIBRARY):
        assert rule.document is not None
        tags = set(rule.document["tags"])
        named = {one.id for one in explained(rule.document, "en").techniques}
        assert named, rule.path
        for number in named:
            tactics = {f"attack.{one}" for one in techniques()[number]["tactics"]}
            assert tactics & tags, (rule.path, number, tactics)


def test_a_rule_of_others_is_told_in_its_own_words() -> None:
    found = explained(FOREIGN, "zh")
    assert (found.title, found.means, found.look_at, found.harmless) == ("Odd", "x", "", ("Unknown",))
    assert found.techniques == (Technique("T9999", "T9999"),)
