"""Tests that share what takes minutes to set up run in one process, and before all others.

xdist's marks do nothing beside pytest 9.2 (xdist 3.8 puts the group behind a test's name, and the name is made anew
each time it is asked for): so each worker made the tour's demo, the story's and the site's for itself. Which file is of
which group stands here instead; whoever asks for ``--dist loadgroup`` has it by that.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: files by what they share
GROUPS: Mapping[str, str] = {
    "tests/e2e/test_tour.py": "tour",
    "tests/e2e/test_answers.py": "site",
    "tests/e2e/test_charts.py": "site",
    "tests/e2e/test_explorer.py": "site",
    "tests/e2e/test_log_search.py": "site",
    "tests/e2e/test_originals.py": "site",
    "tests/e2e/test_own_rules.py": "site",
    "tests/e2e/test_subjects.py": "site",
    "tests/e2e/test_workshop.py": "site",
    "tests/e2e/test_cut_off.py": "demo",
    "tests/e2e/test_story.py": "demo",
    "tests/e2e/test_main_job.py": "province",
    "tests/e2e/test_story_postgres.py": "province",
}


def group_of(test: str) -> str:
    """Return the group of a test's id; one that is of none is its own."""
    return GROUPS.get(test.partition("::")[0], test)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling | None":
    """Hand out whole groups, the largest first."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):  # type: ignore[misc]
        """Groups instead of classes and modules."""

        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Grouped(config, log)
