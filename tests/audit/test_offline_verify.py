from hypothesis import given, settings
from hypothesis import strategies as st

from audit import offline_verify
from soc.crypto.digests import sm3
from soc.crypto.keyring import DataKey
from soc.crypto.signing import _pair


@settings(max_examples=12, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=60), place=st.integers(0, 511))
def test_the_script_agrees_with_the_library_on_signatures(seed: bytes, message: bytes, place: int) -> None:
    key = _pair(DataKey("k", "p", "", True, seed).id, seed)
    signature = key.sign(message)
    assert offline_verify.signed(key.public, message, signature)
    broken = bytearray(signature)
    broken[place // 8] ^= 1 << place % 8
    assert not offline_verify.signed(key.public, message, bytes(broken))


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_the_script_agrees_with_the_library_on_sm3(data: bytes) -> None:
    assert offline_verify.sm3(data) == sm3(data)


def test_the_script_gives_a_signature_of_rfc_8032() -> None:
    # RFC 8032 §7.1, test 2
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert offline_verify.signed(public, b"\x72", signature)
