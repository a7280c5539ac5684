"""The story of the demo province in the browser: six persons, one theft, from the queue to the posture."""

from pathlib import Path

import pytest

from soc.running import Running
from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.people import People
from tests.e2e.running import passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CAST = steps.Cast(
    analyst="lin.fenxi", commander="zhou.zhihui", second="he.zhihui", auditor="xu.hegui",
    policy="chen.celue", policy_second="wu.celue", leader="huang.lingdao", owner="liang.shuyuan",
)  # fmt: skip


def test_the_theft_goes_from_the_queue_to_the_posture(demo: Running, visit: Visit, tmp_path: Path) -> None:
    story = steps.Story(People(demo.url, passwords(demo), visit), CAST, "demo", tmp_path / "pictures")
    before = steps.posture_figures(story, "before")
    incident = steps.the_analyst_finds_the_theft(story, "zf_440104_03")
    steps.the_commander_takes_over(story, incident, "越秀区")
    steps.the_playbook_is_worked_to_its_end(story, incident)
    steps.the_released_evidence_is_taken_away(story, incident)
    steps.the_incident_is_contained_and_resolved(story, incident)
    steps.the_review_makes_rectification_tasks(story, incident)
    steps.the_owner_confirms_an_item(story)
    steps.the_policy_is_changed_by_two_and_rolled_back(story)
    steps.the_protection_is_changed_by_two(story)
    steps.the_auditor_proves_the_trail(story)
    after = steps.posture_figures(story, "after")
    assert before[steps.say(story, "posture.incidents")] >= 1
    unfinished = steps.say(story, "posture.rectifications")
    assert after[unfinished] >= before[unfinished] + 2, (before, after)
    assert not story.people.complaints(), "\n".join(story.people.complaints())
