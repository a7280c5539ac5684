from soc.crypto.digests import hmac_sm3, same, sm3


def test_sm3_gives_the_standards_first_example() -> None:
    # GB/T 32905-2016, annex A.1
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_gives_the_standards_second_example() -> None:
    # GB/T 32905-2016, annex A.2: sixteen times "abcd"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_a_keyed_digest_is_the_one_of_rfc_2104() -> None:
    key, data = b"k" * 20, b"what is said"
    inner = sm3(bytes(b ^ 0x36 for b in key.ljust(64, b"\0")) + data)
    assert hmac_sm3(key, data) == sm3(bytes(b ^ 0x5C for b in key.ljust(64, b"\0")) + inner)


def test_another_key_gives_another_digest() -> None:
    assert not same(hmac_sm3(b"one", b"x"), hmac_sm3(b"two", b"x"))
