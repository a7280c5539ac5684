"""The same story on the real thing, in English: PostgreSQL with pgaudit holds the data and the state.

Every account of the province logs in and works, one steals; the server's own log is what is read.
The playbook's acting step then takes the thief's right to log in, asked of the server itself, and
gives it back at the end.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config.settings import Settings
from soc.acting import SystemPath
from soc.identity.actor import Role
from soc.installation import open_installation
from soc.running import Running, environ_of, running
from tests.conftest import PASSWORD, add_test_person
from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.people import People
from tests.e2e.province import Province, empty_database

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.slow]
CAST = steps.Cast(
    analyst="analyst", commander="commander", second="commander-2", auditor="auditor",
    policy="policy", policy_second="policy-2", leader="leader", owner="owner",
)  # fmt: skip


@dataclass
class Account:
    """The thief's account, and what the server said of it at each turn."""

    province: Province
    name: str
    said: list[tuple[str, bool]] = field(default_factory=list)

    def ask(self, when: str) -> None:
        """Ask the server whether it may log in."""
        self.said.append((when, self.province.may_log_in(self.name)))


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    """An empty database for the province of another seed than the tests beside this one."""
    with empty_database("story") as url:
        yield Province(url, "20262", tmp_path)


@pytest.fixture
def installation(chromium: Browser, province: Province, tmp_path: Path) -> Iterator[Running]:
    """An installation whose state is in PostgreSQL too, with two persons where two decide."""
    with empty_database("story_state") as state:
        environ = environ_of(tmp_path / "home", SOC_DATABASE_URL=state)
        operator = open_installation(Settings.load(environ)).acting_for(SystemPath.OPERATOR)
        with closing(operator), operator.write() as session:
            for name in vars(CAST).values():
                add_test_person(session, Role(name.partition("-")[0]), "440000", name)
        with running(environ) as started:
            yield started


def test_the_theft_goes_from_the_servers_own_log_to_the_posture(
    installation: Running, province: Province, visit: Visit, tmp_path: Path
) -> None:
    province.discovered(installation)
    province.remembered(installation)
    worked = province.worked(installation)
    thief = worked["theft"]
    people = People(installation.url, dict.fromkeys(vars(CAST).values(), PASSWORD), visit, lang="en")
    story = steps.Story(people, CAST, "postgres", tmp_path / "pictures")
    before = steps.posture_figures(story, "before")
    incident = steps.the_analyst_finds_the_theft(story, thief["account"])
    steps.the_commander_takes_over(story, incident, thief["org"])
    account = Account(province, thief["account"])
    account.ask("before")
    steps.the_playbook_is_worked_to_its_end(
        story,
        incident,
        watch={
            "Lock the database account": lambda: account.ask("locked"),
            "Restore the database account": lambda: account.ask("restored"),
        },
    )
    assert account.said == [("before", True), ("locked", False), ("restored", True)]
    steps.the_released_evidence_is_taken_away(story, incident)
    steps.the_incident_is_contained_and_resolved(story, incident)
    steps.the_review_makes_rectification_tasks(story, incident)
    steps.the_owner_confirms_an_item(story)
    steps.the_policy_is_changed_by_two_and_rolled_back(story)
    steps.the_auditor_proves_the_trail(story)
    after = steps.posture_figures(story, "after")
    assert before[steps.say(story, "posture.incidents")] >= 1
    unfinished = steps.say(story, "posture.rectifications")
    assert after[unfinished] >= before[unfinished] + 2, (before, after)
    assert not people.complaints(), "\n".join(people.complaints())
