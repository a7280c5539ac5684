from pathlib import Path

import pytest

from soc.crypto.algorithms import USES, Standing, in_use
from soc.text import known
from tests.soc.crypto.primitives import HAZMAT, TLS, UNCHECKED, uses_in

ROOT = Path(__file__).parents[3]


def compared(root: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What is called for below ``root`` and not listed, and what is listed and not called for."""
    found, listed = uses_in(root), {(use.algorithm, place) for use in USES for place in use.where}
    return found - listed, listed - found


def test_the_list_is_what_the_source_calls_for_neither_more_nor_less() -> None:
    assert compared(ROOT) == (set(), set())


@pytest.mark.parametrize(
    ("source", "algorithm"),
    [
        ("import hashlib as h\nh.md5(b'')", "MD5"),
        ("from hashlib import sha1 as quick\nquick(b'')", "SHA-1"),
        ("import hashlib\ndef one():\n    return hashlib.sha256", "SHA-256"),
        ("import hashlib\nhashlib.new(name)", "hashlib.new"),
        ("import hashlib\ngetattr(hashlib, name)", "hashlib"),
        ("import hmac\nhmac.new(b'', b'', 'md5')", "HMAC-MD5"),
        ("import hashlib, hmac\nhmac.digest(b'', b'', digest=hashlib.sha512)", "HMAC-SHA-512"),
        (f"from {HAZMAT} import hashes, hmac\nhmac.HMAC(b'', hashes.SHA256())", "HMAC-SHA-256"),
        (f"from {HAZMAT}.ciphers import Cipher as C, algorithms as a, modes\nC(a.DES3(b''), modes.ECB())", "DES3-ECB"),
        (f"from {HAZMAT}.ciphers import aead\naead.AESOCB3(b'')", f"{HAZMAT}.ciphers.aead.AESOCB3"),
        ("import ssl\nssl.SSLContext()", TLS),
        ("import ssl\ncontext.verify_mode = ssl.CERT_NONE", UNCHECKED),
        ("from argon2.low_level import hash_secret\nhash_secret", "argon2.low_level.hash_secret"),
        ("import secrets\nsecrets.token_hex()", "getrandom"),
        ("import zlib\nzlib.crc32(b'')", "CRC-32"),
        ("import uuid\nuuid.uuid3(space, '')", "MD5"),
        ("def late():\n    from gmssl_pyx import SM2\n    SM2()", "gmssl_pyx.SM2"),
        ("from soc.crypto import sm3\nsm3(b'')", "SM3"),
    ],
)
def test_a_use_that_is_not_listed_is_found(tmp_path: Path, source: str, algorithm: str) -> None:
    place = tmp_path / "soc" / "planted.py"
    place.parent.mkdir()
    place.write_text(source)
    assert compared(tmp_path)[0] == {(algorithm, "soc/planted.py")}


@pytest.mark.parametrize(
    "source",
    [
        "import hmac, secrets\nhmac.compare_digest(a, b), secrets.compare_digest(a, b)",
        "import zlib, ssl, os\nzlib.compress(b''), ssl.CERT_REQUIRED, os.path",
        "hashlib = {}\nhashlib.md5",
        "from pathlib import Path\nmd5 = sha1 = Path('hashlib.md5')",
    ],
)
def test_what_is_no_algorithm_is_passed_over(tmp_path: Path, source: str) -> None:
    place = tmp_path / "soc" / "planted.py"
    place.parent.mkdir()
    place.write_text(source)
    assert uses_in(tmp_path) == set()


def test_a_listed_use_that_is_gone_is_found(tmp_path: Path) -> None:
    place = tmp_path / "soc" / "identity" / "passwords.py"
    place.parent.mkdir(parents=True)
    place.write_text("# passwords are kept in clear from now on\n")
    assert ("Argon2id", "soc/identity/passwords.py") in compared(tmp_path)[1]


def test_every_algorithm_is_explained_in_both_languages() -> None:
    assert all(known(use.why) for use in USES)


def test_what_is_weak_is_named() -> None:
    assert {use.algorithm for use in in_use(Standing.WEAK)} == {"HMAC-SHA-1", "SHA-1", "CRC-32", "TLS (CERT_NONE)"}


def test_chinese_ciphers_are_not_called_foreign_nor_others_chinese() -> None:
    assert {use.algorithm for use in in_use(Standing.NATIONAL)} == {"SM3", "HMAC-SM3", "SM4-GCM"}
    assert not [use for use in USES if "SM" in use.algorithm and use.standing is not Standing.NATIONAL]
