"""The demo's first start was killed between its steps: the next one finished it."""

import json
from collections import Counter

import pytest

from soc.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_demo_whose_first_start_was_cut_off_is_whole(demo: Running) -> None:
    said = demo.said.read_text(encoding="utf-8")
    assert [f"[{step}/5]" in said for step in range(1, 6)] == [True] * 5
    assert "密码" not in said
    sources = Counter(json.loads(line)["name"] for line in demo.soc("source", "list", "--json").splitlines())
    assert len(sources) > 5
    assert set(sources.values()) == {1}
    assert json.loads(demo.soc("audit", "verify", "--json"))["ok"]
