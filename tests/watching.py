"""Every test is watched: what the product commits without an entry of the trail fails it."""

from collections.abc import Iterator

import pytest

from soc.trail.watch import watching


@pytest.fixture(autouse=True)
def every_change_leaves_an_entry() -> Iterator[None]:
    """Watch the writes themselves while a test runs."""
    with watching() as watch:
        yield
    assert watch.offences == []
