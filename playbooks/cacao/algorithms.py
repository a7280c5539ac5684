"""Checking a signature with the algorithms that CACAO names (CS01 §10.13, after RFC 7518 and RFC 8037)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

PublicKey = object

#: RSA keys shorter than this no longer prove anything (NIST SP 800-131A rev. 2)
LEAST_RSA_BITS = 2048

_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_CURVES = {"ES256": ("secp256r1", 32), "ES384": ("secp384r1", 48), "ES512": ("secp521r1", 66)}
#: by what is left of a name without its dashes
_DIGESTS: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "sha3256": hashlib.sha3_256,
    "sha3384": hashlib.sha3_384,
    "sha3512": hashlib.sha3_512,
}

SUPPORTED = frozenset(
    {"Ed25519", "Ed448", *(family + size for family in ("RS", "PS", "ES") for size in ("256", "384", "512"))}
)


class PublicKeyError(ValueError):
    """A public key cannot be read, or is not of the algorithm's kind."""


def digest(name: str, data: bytes) -> bytes | None:
    """Return the digest of ``data``, None where the algorithm is not known or no longer safe."""
    known = _DIGESTS.get(name.lower().replace("-", "").replace("_", ""))
    return None if known is None else known(data).digest()


def read_key(text: str) -> PublicKey:
    """Read a public key: base64 of its SubjectPublicKeyInfo, PEM, or the 32 bytes of Ed25519.

    Raises:
        PublicKeyError: it is none of them.
    """
    try:
        if "-----BEGIN" in text:
            return load_pem_public_key(text.encode())
        raw = decoded(text)
        return ed25519.Ed25519PublicKey.from_public_bytes(raw) if len(raw) == 32 else load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublicKeyError(str(error)) from error


def read_certificate(text: str) -> x509.Certificate:
    """Read a certificate: PEM, or base64 of its DER.

    Raises:
        PublicKeyError: it is neither.
    """
    try:
        if "-----BEGIN" in text:
            return x509.load_pem_x509_certificate(text.encode())
        return x509.load_der_x509_certificate(decoded(text))
    except ValueError as error:
        raise PublicKeyError(str(error)) from error


def decoded(text: str) -> bytes:
    """Read base64 in either alphabet, padded or not.

    Raises:
        ValueError: it is no base64.
    """
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def holds(key: PublicKey, algorithm: str, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` was made by the owner of ``key``.

    Raises:
        PublicKeyError: the key is not of the algorithm's kind, or too short.
    """
    try:
        _verify(key, algorithm, signature, message)
    except InvalidSignature:
        return False
    return True


def _verify(key: PublicKey, algorithm: str, signature: bytes, message: bytes) -> None:
    if (isinstance(key, ed25519.Ed25519PublicKey) and algorithm == "Ed25519") or (
        isinstance(key, ed448.Ed448PublicKey) and algorithm == "Ed448"
    ):
        key.verify(signature, message)
    elif isinstance(key, rsa.RSAPublicKey) and algorithm[:2] in {"RS", "PS"} and key.key_size >= LEAST_RSA_BITS:
        key.verify(signature, message, _padding(algorithm), _HASHES[algorithm[2:]]())
    elif isinstance(key, ec.EllipticCurvePublicKey) and _CURVES.get(algorithm, ("", 0))[0] == key.curve.name:
        key.verify(_der(signature, _CURVES[algorithm][1]), message, ec.ECDSA(_HASHES[algorithm[2:]]()))
    else:
        raise PublicKeyError(algorithm)


def _padding(algorithm: str) -> padding.AsymmetricPadding:
    if algorithm.startswith("RS"):
        return padding.PKCS1v15()
    chosen = _HASHES[algorithm[2:]]()
    return padding.PSS(padding.MGF1(chosen), chosen.digest_size)


def _der(signature: bytes, size: int) -> bytes:
    # JOSE writes r and s side by side; many libraries write DER
    if len(signature) != 2 * size:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))
