import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from soc.crypto.keyring import KeyRing, KeyRingError
from soc.crypto.sealing import seal, unseal
from soc.errors import UnavailableError


def test_a_key_is_the_same_for_the_next_process(tmp_path: Path) -> None:
    assert KeyRing(tmp_path).current("sources") == KeyRing(tmp_path).current("sources")


def test_every_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    assert ring.current("sources").secret != ring.current("originals").secret


def test_key_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys").current("sources")
    for name in ("ring.json", "kek-1.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


def test_no_secret_stands_in_the_list_in_clear(tmp_path: Path) -> None:
    key = KeyRing(tmp_path).current("sources")
    assert key.secret.hex() not in (tmp_path / "ring.json").read_text()
    assert key.secret.hex() not in repr(key)


def test_after_a_rotation_the_old_key_still_opens(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    envelope = seal(ring, "sources", b"old")
    assert ring.rotate("sources").id == ring.current("sources").id
    assert unseal(KeyRing(tmp_path), "sources", envelope) == b"old"


def test_a_rotation_is_seen_by_a_ring_opened_before(tmp_path: Path) -> None:
    early = KeyRing(tmp_path)
    before = early.current("sources")
    after = KeyRing(tmp_path).rotate("sources")
    assert early.current("sources") == after != before


def test_keys_wrapped_anew_stay_the_same_keys(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    key = ring.current("sources")
    ring.rotate_kek()
    assert KeyRing(tmp_path).current("sources").secret == key.secret
    assert not (tmp_path / "kek-1.key").exists()


def test_many_at_once_agree_on_one_first_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: KeyRing(tmp_path).current("sources").id, range(24)))
    assert len(ids) == 1


def test_a_foreign_master_key_is_refused(tmp_path: Path) -> None:
    KeyRing(tmp_path).current("sources")
    (tmp_path / "kek-1.key").write_bytes(b"x" * 32)
    with pytest.raises(KeyRingError):
        KeyRing(tmp_path).current("sources")


def test_a_key_moved_to_another_purpose_is_refused(tmp_path: Path) -> None:
    KeyRing(tmp_path).current("sources")
    document = json.loads((tmp_path / "ring.json").read_text())
    document["keys"][0]["purpose"] = "originals"
    (tmp_path / "ring.json").write_text(json.dumps(document))
    with pytest.raises(KeyRingError):
        KeyRing(tmp_path).current("originals")


def test_a_missing_master_key_is_named(tmp_path: Path) -> None:
    KeyRing(tmp_path).current("sources")
    (tmp_path / "kek-1.key").unlink()
    with pytest.raises(UnavailableError, match=r"kek-1\.key"):
        KeyRing(tmp_path).current("sources")


def test_asking_whether_a_key_exists_makes_none(tmp_path: Path) -> None:
    assert not KeyRing(tmp_path / "keys").has("sources")
    assert not (tmp_path / "keys").exists()
