"""A few pieces of work at the same time, in threads: what columns need is done outside the interpreter's lock."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
#: more than two would hold too many pieces in memory at once
_MOST = min(2, os.cpu_count() or 1)


def side_by_side(work: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
    """Do ``work`` on each item, two at a time, and return what came of them in their order.

    What an item's work raises is raised, once those under way have ended.
    """
    waiting = list(items)
    if len(waiting) < 2:
        return [work(one) for one in waiting]
    with ThreadPoolExecutor(_MOST) as pool:
        return list(pool.map(work, waiting))
