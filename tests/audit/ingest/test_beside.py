"""Work done beside the taking in: one at a time, its errors told, never lost."""

import threading

import pytest

from audit.ingest.beside import Beside


def test_the_caller_goes_on_while_the_work_is_done() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert may_end.wait(10)

    with Beside() as beside:
        beside.do(work)
        assert begun.wait(10)  # still going, and we are here
        may_end.set()


def test_two_pieces_of_work_never_overlap() -> None:
    at_once, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.01)
        with lock:
            at_once -= 1

    with Beside() as beside:
        for _ in range(10):
            beside.do(work)
    assert (most, at_once) == (1, 0)


def test_what_the_work_raised_reaches_the_caller() -> None:
    def fail() -> None:
        raise ValueError("broken")

    with Beside() as beside:
        beside.do(fail)
        with pytest.raises(ValueError, match="broken"):
            beside.do(lambda: None)
    with pytest.raises(ValueError, match="broken"), Beside() as beside:
        beside.do(fail)


def test_the_callers_own_error_is_the_one_told() -> None:
    done = threading.Event()

    def go_on() -> None:
        with Beside() as beside:
            beside.do(done.set)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        go_on()
    assert done.is_set()
