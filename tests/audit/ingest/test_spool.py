"""The spool: what is written is there, what is cut is known, what is in use is not taken."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit.ingest.spool import DamagedRecordError, OriginalGoneError, OriginalLockedError, Place, Spool, SpoolError
from config.settings import Settings
from soc.crypto import Purpose, ring_of
from tests.soc.crypto.destroyed import destroy_keys


@pytest.fixture
def spool(settings: Settings) -> Spool:
    return Spool(settings)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=5))
def test_every_body_comes_back(spool: Spool, bodies: list[bytes]) -> None:
    places = []
    for body in bodies:
        with spool.holding(spool.record_of(body)) as place:
            places.append(place)
    assert [spool.read(place) for place in places] == bodies


def test_no_body_lies_there_in_clear(spool: Spool) -> None:
    with spool.holding(spool.record_of(b"13800138000 " * 3)) as place:
        pass
    assert b"13800138000" not in (spool.folder / place.segment).read_bytes()


@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "wrong place"])
def test_a_damaged_record_is_known_for_one(spool: Spool, harm: str) -> None:
    with spool.holding(spool.record_of(b"x" * 500)) as place:
        path = spool.folder / place.segment
        _harm(path, harm)
        with pytest.raises(DamagedRecordError):
            spool.read(Place(place.segment, 3) if harm == "wrong place" else place)


def _harm(path: Path, harm: str) -> None:
    held = path.read_bytes()
    if harm == "cut":
        path.write_bytes(held[:-1])
    elif harm == "flip":
        path.write_bytes(held[:40] + bytes([held[40] ^ 1]) + held[41:])
    elif harm == "gone":
        path.unlink()


def test_a_segment_in_use_is_not_free_and_one_that_is_closed_is(spool: Spool, settings: Settings) -> None:
    other = Spool(settings)
    with spool.holding(spool.record_of(b"x")) as place:
        spool.close()  # it closes when nobody holds a record of it any more
        assert other.free_segments() == []
    assert [path.name for path in other.free_segments()] == [place.segment]


def test_a_full_disk_is_told_and_leaves_no_half_record(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    with spool.holding(spool.record_of(b"first")) as first:
        pass
    size = (spool.folder / first.segment).stat().st_size
    real = os.write

    def half(fd: int, data: Any) -> int:
        if len(data) > 40:
            return real(fd, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        with pytest.raises(SpoolError), spool.holding(spool.record_of(b"second")):
            pass
    assert (spool.folder / first.segment).stat().st_size == size
    with spool.holding(spool.record_of(b"third")) as third:
        pass
    assert spool.read(third) == b"third"


def test_an_archived_segment_is_still_read(spool: Spool) -> None:
    with spool.holding(spool.record_of(b"kept")) as place:
        pass
    spool.close()
    spool.keep(spool.folder / place.segment)
    assert spool.read(place) == b"kept"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(body=st.binary(max_size=3000), place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_no_bit_of_a_sealed_original_can_be_changed_unnoticed(spool: Spool, body: bytes, place: int, bit: int) -> None:
    with spool.holding(spool.record_of(body)) as at:
        path = spool.folder / at.segment
        held = bytearray(path.read_bytes())
        harmed = at.position + place % (len(held) - at.position)
        held[harmed] ^= 1 << bit
        path.write_bytes(held)
        with pytest.raises(DamagedRecordError):
            spool.read(at)
        held[harmed] ^= 1 << bit
        path.write_bytes(held)
        assert spool.read(at) == body


def test_an_original_whose_segment_is_gone_and_one_whose_key_is_gone_are_told_apart(spool: Spool) -> None:
    with spool.holding(spool.record_of(b"one")) as place:
        pass
    destroy_keys(ring_of(spool._settings), Purpose.ORIGINALS)
    with pytest.raises(OriginalLockedError):
        spool.read(place)
    spool.drop(spool.folder / place.segment)
    with pytest.raises(OriginalGoneError):
        spool.read(place)


def test_what_came_after_a_key_was_destroyed_opens_by_the_new_one(spool: Spool) -> None:
    ring_of(spool._settings).current(Purpose.ORIGINALS)
    destroy_keys(ring_of(spool._settings), Purpose.ORIGINALS)
    with spool.holding(spool.record_of(b"after")) as place:
        pass
    assert spool.read(place) == b"after"
