"""The figures of a scan under way."""

from datetime import timedelta

from detectors.discovery.scanning.progress import Meter


def metered(meter: Meter, *ats: float) -> Meter:
    for at in ats:
        meter.add(effort=10, rows=100, cells=400, name="t", at=at)
    return meter


def test_time_left_follows_the_work_that_is_left_and_not_the_count_of_tables() -> None:
    progress = metered(Meter(total=100, effort=40, started=0), 5, 10).now(10)
    assert (progress.settled, progress.rows, progress.cells) == (2, 200, 800)
    assert progress.left == timedelta(seconds=10)
    assert progress.share == 0.5


def test_nothing_is_foretold_before_anything_is_known() -> None:
    assert Meter(total=5, effort=50, started=0).now(9).left is None


def test_the_rate_is_that_of_the_last_seconds() -> None:
    meter = metered(Meter(total=100, effort=1000, started=0), 1, 2, 95, 99)
    assert meter.now(100).rows_per_second == 200 / 20


def test_a_scan_that_goes_on_counts_what_it_had() -> None:
    meter = Meter(total=10, effort=10, started=0, settled=5, share_before=0.5, spent_before=timedelta(minutes=3))
    progress = metered(meter, 1).now(4)
    assert (progress.settled, progress.share) == (6, 1.0)
    assert progress.spent == timedelta(minutes=3, seconds=4)


def test_a_scan_with_nothing_to_read_is_done() -> None:
    assert Meter(total=3, effort=0, started=0, settled=3).now(0).share == 1.0
