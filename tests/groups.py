"""Tests that share what takes minutes to set up run in one process, and before all others; a file is never shared out.

xdist's marks do nothing beside pytest 9.2 (xdist 3.8 puts the group behind a test's name, and the name is made anew
each time it is asked for): so each worker made the tour's demo, the story's and the site's for itself. Which file is of
which group stands here instead; whoever asks for ``--dist loadgroup`` has it by that.
"""

from collections.abc import Mapping, Sequence
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
    """Return the group of a test's id; a file that is of none is its own, since a module's fixtures are made once there."""
    file = test.partition("::")[0]
    return GROUPS.get(file, file)


def in_order(tests: Sequence[tuple[str, bool]]) -> list[int]:
    """Return the places of tests, given as (id, whether it is slow): what takes longest begins first.

    Groups are first, then files that have a slow test; each keeps the order among its own.
    """
    slow = {group_of(test) for test, is_slow in tests if is_slow}
    grouped = set(GROUPS.values())

    def rank(place: int) -> int:
        group = group_of(tests[place][0])
        return 0 if group in grouped else 1 if group in slow else 2

    return sorted(range(len(tests)), key=rank)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first, where tests are handed out: the last worker should not end long after the others."""
    if hasattr(config, "workerinput"):
        order = in_order([(item.nodeid, item.get_closest_marker("slow") is not None) for item in items])
        items[:] = [items[place] for place in order]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling | None":
    """Hand out whole groups and files, in the order that they were collected in."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False

    class Grouped(LoadScopeScheduling):  # type: ignore[misc]
        """Groups instead of classes and modules."""

        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Grouped(config, log)
