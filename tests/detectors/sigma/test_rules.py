from pathlib import Path

import pytest

from detectors.sigma.rules import LIBRARY, RuleStatus, read_rules

RULE = """title: {title}
id: {id}
logsource: {{category: test}}
detection:
    s: {{a: 1}}
    condition: s
"""


EXPLAINED = ("title_zh", "description_zh", "look_at", "look_at_zh", "falsepositives_zh")


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_every_shipped_rule_can_be_matched_and_speaks_both_languages() -> None:
    rules = read_rules(LIBRARY)
    assert len(rules) >= 50
    for rule in rules:
        assert rule.status is RuleStatus.OK, (rule.path, rule.reason)
        assert rule.document is not None
        assert all(rule.document["custom"].get(name) for name in EXPLAINED), rule.path
        assert len(rule.document["custom"]["falsepositives_zh"]) == len(rule.document["falsepositives"]), rule.path
        assert rule.document["falsepositives"]


def test_every_file_gives_a_line_and_none_is_dropped(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", RULE.format(title="a", id="5c0f3d5e-7a01-4f57-9d3e-2b8d3a1c9e01"))
    write(tmp_path, "b.yml", "title: [unclosed")
    write(tmp_path, "c.yml", "")
    (tmp_path / "d.yaml").write_bytes(b"\xff\xfe\x00bad")
    statuses = [(Path(rule.path).name, rule.status) for rule in read_rules(tmp_path)]
    assert statuses[0] == ("a.yml", RuleStatus.OK)
    assert [name for name, status in statuses if status is RuleStatus.INVALID] == ["b.yml", "c.yml", "d.yaml"]


def test_an_id_used_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        write(tmp_path, name, RULE.format(title=name, id="5c0f3d5e-7a01-4f57-9d3e-2b8d3a1c9e01"))
    first, second = read_rules(tmp_path)
    assert first.status is RuleStatus.OK
    assert second.status is RuleStatus.INVALID
    assert "a.yml" in second.reason


def test_a_yaml_bomb_is_one_invalid_rule(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]" for n in range(1, 10)]
    write(tmp_path, "bomb.yml", "\n".join(lines))
    (rule,) = read_rules(tmp_path)
    assert rule.status is RuleStatus.INVALID
    assert "alias" in rule.reason


@pytest.mark.parametrize("text", ["---\n---\n", "\n\n", "# only a comment\n"])
def test_a_file_without_a_document_is_invalid(tmp_path: Path, text: str) -> None:
    write(tmp_path, "x.yml", text)
    assert [rule.status for rule in read_rules(tmp_path)] == [RuleStatus.INVALID]


def test_several_documents_of_one_file_are_several_rules(tmp_path: Path) -> None:
    ids = ("5c0f3d5e-7a01-4f57-9d3e-2b8d3a1c9e01", "5c0f3d5e-7a01-4f57-9d3e-2b8d3a1c9e02")
    write(tmp_path, "x.yml", "---\n".join(RULE.format(title="x", id=one) for one in ids))
    assert [rule.id for rule in read_rules(tmp_path)] == list(ids)
