from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc.crypto.keyring import KeyRing
from soc.crypto.sealing import Cipher, KeyGoneError, SealError, cipher_of, seal, unseal
from tests.soc.crypto.destroyed import destroy_keys

FRESH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def test_sm4_gcm_gives_the_vector_of_rfc_8998() -> None:
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("".join(pair * 8 for pair in ("AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA")))
    box = Cipher.SM4_GCM.encrypt(key, nonce, plain, aad)
    assert box[:16].hex().upper() == "17F399F08C67D5EE19D0DC9969C4BB7D"
    assert box[-16:].hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"


@FRESH
@given(data=st.binary(max_size=300), aad=st.binary(max_size=20), cipher=st.sampled_from(Cipher))
def test_what_was_sealed_comes_back(ring: KeyRing, data: bytes, aad: bytes, cipher: Cipher) -> None:
    assert unseal(ring, "sources", seal(ring, "sources", data, aad, cipher=cipher), aad) == data


@FRESH
@given(
    data=st.binary(max_size=40), cipher=st.sampled_from(Cipher), place=st.integers(min_value=0), bit=st.integers(0, 7)
)
def test_no_bit_of_an_envelope_can_be_changed(ring: KeyRing, data: bytes, cipher: Cipher, place: int, bit: int) -> None:
    envelope = bytearray(seal(ring, "sources", data, cipher=cipher))
    envelope[place % len(envelope)] ^= 1 << bit
    with pytest.raises(SealError):
        unseal(ring, "sources", bytes(envelope))


@FRESH
@given(rubbish=st.binary(max_size=80))
def test_rubbish_is_refused(ring: KeyRing, rubbish: bytes) -> None:
    with pytest.raises(SealError):
        unseal(ring, "sources", rubbish)


def test_an_envelope_does_not_open_for_another_purpose(ring: KeyRing) -> None:
    envelope = seal(ring, "sources", b"secret")
    ring.current("originals")
    with pytest.raises(SealError):
        unseal(ring, "originals", envelope)


def test_an_envelope_does_not_open_for_another_owner(ring: KeyRing) -> None:
    with pytest.raises(SealError):
        unseal(ring, "sources", seal(ring, "sources", b"secret", b"row 1"), b"row 2")


def test_the_same_bytes_are_never_sealed_alike(ring: KeyRing) -> None:
    assert seal(ring, "sources", b"secret") != seal(ring, "sources", b"secret")


def test_an_envelope_says_its_cipher(ring: KeyRing) -> None:
    assert cipher_of(seal(ring, "sources", b"x", cipher=Cipher.SM4_GCM)) is Cipher.SM4_GCM


def test_an_envelope_whose_key_is_gone_says_so(ring: KeyRing) -> None:
    envelope = seal(ring, "sources", b"x")
    destroy_keys(ring, "sources")
    with pytest.raises(KeyGoneError):
        unseal(ring, "sources", envelope)
