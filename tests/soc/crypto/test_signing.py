from pathlib import Path

from soc.crypto.keyring import KeyRing
from soc.crypto.signing import signing_key, signing_keys, verified


def test_a_signature_is_verified_by_the_public_key_alone(tmp_path: Path) -> None:
    key = signing_key(KeyRing(tmp_path), "trail.signing")
    assert verified(key.public, b"said", key.sign(b"said"))


def test_a_signature_of_something_else_is_refused(tmp_path: Path) -> None:
    key = signing_key(KeyRing(tmp_path), "trail.signing")
    assert not verified(key.public, b"said", key.sign(b"not said"))


def test_rubbish_is_no_public_key() -> None:
    assert not verified(b"short", b"said", b"x" * 64)


def test_the_keys_of_the_past_are_listed_oldest_first(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    first = signing_key(ring, "trail.signing").public
    ring.rotate("trail.signing")
    assert [key.public for key in signing_keys(ring, "trail.signing")] == [
        first,
        signing_key(ring, "trail.signing").public,
    ]
