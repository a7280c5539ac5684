import base64
import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from playbooks.cacao.signature import Reason, check_signatures, signed
from tests.playbooks.cacao.documents import right

AT = datetime(2026, 11, 22, tzinfo=UTC)
_ED, _EC = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
_RSA = rsa.generate_private_key(65537, 2048)
Signer = Callable[[bytes], bytes]
SIGNERS: dict[str, tuple[Any, Signer]] = {
    "Ed25519": (_ED, _ED.sign),
    "ES256": (_EC, lambda data: _EC.sign(data, ec.ECDSA(hashes.SHA256()))),
    "RS256": (_RSA, lambda data: _RSA.sign(data, padding.PKCS1v15(), hashes.SHA256())),
}


def bare(algorithm: str = "Ed25519", **changes: Any) -> dict[str, Any]:
    public = SIGNERS[algorithm][0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "type": "jss",
        "id": "jss--00000000-0000-4000-8000-0000000000aa",
        "created": "2026-11-20T00:00:00.000Z",
        "modified": "2026-11-20T00:00:00.000Z",
        "signee": "省中心",
        "valid_from": "2026-11-20T00:00:00.000Z",
        "valid_until": "2027-11-20T00:00:00.000Z",
        "related_to": right()["id"],
        "related_version": right()["modified"],
        "hash_algorithm": "sha-256",
        "algorithm": algorithm,
        "public_key": base64.b64encode(public).decode(),
    } | changes


def reasons(document: Any, at: datetime = AT) -> list[Reason]:
    return [one.reason for one in check_signatures(document, at)]


@pytest.mark.parametrize("algorithm", sorted(SIGNERS))
def test_what_was_signed_holds(algorithm: str) -> None:
    document = signed(right(), bare(algorithm), SIGNERS[algorithm][1])
    assert reasons(document) == [Reason.GOOD]


def test_each_of_two_signatures_holds_without_the_other() -> None:
    document = signed(right(), bare(), _ED.sign)
    both = signed(document, bare("ES256", id="jss--00000000-0000-4000-8000-0000000000ab"), SIGNERS["ES256"][1])
    assert reasons(both) == [Reason.GOOD, Reason.GOOD]
    assert reasons({**both, "signatures": both["signatures"][1:]}) == [Reason.GOOD]


@pytest.mark.parametrize("name", sorted(right()))
def test_a_change_of_any_property_breaks_the_signature(name: str) -> None:
    document = signed(right(), bare(), _ED.sign)
    document[name] = "changed" if name != "workflow" else {}
    assert Reason.GOOD not in reasons(document)


@pytest.mark.parametrize("name", sorted(set(bare()) - {"public_key"}))
def test_a_change_of_the_signatures_own_properties_breaks_it(name: str) -> None:
    document = signed(right(), bare(), _ED.sign)
    del document["signatures"][0][name]
    assert Reason.GOOD not in reasons(document)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2026, 11, 19, tzinfo=UTC), Reason.NOT_YET_VALID),
        (datetime(2027, 11, 21, tzinfo=UTC), Reason.EXPIRED),
        (datetime(2027, 11, 20, tzinfo=UTC), Reason.GOOD),
    ],
)
def test_a_signature_holds_within_its_time_only(at: datetime, reason: Reason) -> None:
    assert reasons(signed(right(), bare(), _ED.sign), at) == [reason]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"revoked": True}, Reason.REVOKED),
        ({"algorithm": "none"}, Reason.UNKNOWN_ALGORITHM),
        ({"hash_algorithm": "md5"}, Reason.UNKNOWN_HASH),
        ({"related_version": "2020-01-01T00:00:00Z"}, Reason.OTHER_VERSION),
        ({"related_to": "playbook--00000000-0000-4000-8000-0000000000ff"}, Reason.OTHER_PLAYBOOK),
        ({"public_key": "AAAA"}, Reason.BAD_KEY),
        ({"algorithm": "RS256"}, Reason.BAD_KEY),
        ({"public_key": None, "cert_url": "https://example.org/key"}, Reason.NO_KEY),
        ({"value": "!!"}, Reason.MALFORMED),
        ({"value": 7}, Reason.MALFORMED),
        ({"valid_until": "soon"}, Reason.MALFORMED),
    ],
)
def test_every_other_signature_is_refused_with_its_reason(changes: dict[str, Any], reason: Reason) -> None:
    document = signed(right(), bare(), _ED.sign)
    document["signatures"][0] |= changes
    assert reasons(document) == [reason]


def test_the_key_of_another_person_does_not_fit() -> None:
    document = signed(right(), bare(), ed25519.Ed25519PrivateKey.generate().sign)
    assert reasons(document) == [Reason.CHANGED]


def test_a_signature_that_is_no_object_is_malformed() -> None:
    assert reasons(right() | {"signatures": ["x", None]}) == [Reason.MALFORMED, Reason.MALFORMED]


def test_a_playbook_without_signatures_has_none_to_check() -> None:
    assert check_signatures(right(), AT) == []


def test_a_false_counter_signature_spoils_the_one_it_stands_in() -> None:
    document = signed(right(), bare(), _ED.sign)
    inner = copy.deepcopy(document["signatures"][0])
    document["signatures"][0]["signature"] = inner
    assert reasons(document) == [Reason.COUNTER]
