"""Lanes of the spool: one process at a time has a segment, until its work or its life ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit.ingest import lanes
from audit.ingest.lanes import Lanes, alone
from config.settings import Settings

_CLAIMS = """
import sys, time
from audit.ingest.lanes import Lanes, alone
from config.settings import Settings
settings = Settings.load()
with Lanes(settings) as mine, alone(settings, wait=True):
    print(mine.claim(sys.argv[1]), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"SOC_HOME": str(tmp_path)})


def test_a_segment_is_claimed_once_and_free_when_the_work_has_ended(settings: Settings) -> None:
    with Lanes(settings) as mine:
        assert mine.claim("a.spool")
        assert mine.claim("a.spool")
        with Lanes(settings) as other:
            assert not other.claim("a.spool")
            assert other.held == set()
    with Lanes(settings) as other:
        assert other.claim("a.spool")


def test_segments_are_claimed_apart(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Lanes(settings) as mine, Lanes(settings) as other:
        assert mine.claim("a.spool")
        assert other.claim("b.spool")
        assert (mine.held, other.held) == ({"a.spool"}, {"b.spool"})
    monkeypatch.setattr(lanes, "SLOTS", 1)
    with Lanes(settings) as mine, Lanes(settings) as other:
        assert mine.claim("a.spool")
        assert mine.claim("b.spool")
        assert not other.claim("c.spool")


def test_work_that_breaks_gives_its_claims_back(settings: Settings) -> None:
    with pytest.raises(ValueError, match="broke"), Lanes(settings) as mine:
        mine.claim("a.spool")
        raise ValueError("broke")
    with Lanes(settings) as other:
        assert other.claim("a.spool")


def test_what_one_does_alone_is_left_by_others_who_do_not_wait(settings: Settings) -> None:
    with alone(settings, wait=True) as mine:
        assert mine
        with alone(settings, wait=False) as other:
            assert not other
    with alone(settings, wait=False) as other:
        assert other


def test_a_process_that_is_killed_leaves_no_claim(settings: Settings) -> None:
    root = Path(__file__).parents[3]
    environ = {"SOC_HOME": str(settings.home), "PYTHONPATH": str(root)}
    child = subprocess.Popen([sys.executable, "-c", _CLAIMS, "a.spool"], env=environ, stdout=subprocess.PIPE, cwd=root)
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == b"True\n"
        with Lanes(settings) as mine, alone(settings, wait=False) as free:
            assert not mine.claim("a.spool")
            assert not free
    finally:
        child.kill()
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
    with Lanes(settings) as mine, alone(settings, wait=False) as free:
        assert mine.claim("a.spool")
        assert free
