"""Whom a pull trusts: the certificate is checked by the authority that was given and by the name that was asked for."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from audit.ingest.pull.calling import Caller, CallError, Trust, endpoint_of
from soc.errors import InputError
from tests.audit.ingest.pull.hostile import Server, plain, serving


def made(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A certificate that vouches for itself, for ``name``: how to serve by it, and itself as PEM."""
    key, called = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    at = datetime.now(UTC)
    other = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "both.pem"
    file.write_bytes(
        text
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, text.decode()


def asked(server: Server, *, verify: bool = True, authority: str = "") -> int:
    trust = Trust(verify, authority, frozenset({f"127.0.0.1:{server.port}"}))
    with Caller(endpoint_of(f"https://127.0.0.1:{server.port}"), trust) as caller:
        return caller.ask("GET", "/", headers={}, longest=100).status


def test_a_certificate_of_no_known_authority_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    context, _ = made(tmp_path, "127.0.0.1")
    with serving(plain(200, b"{}"), context) as server:
        with pytest.raises(CallError, match=r"pulls\.trouble\.certificate"):
            asked(server)
        assert server.asked == []


def test_the_authority_that_was_given_is_trusted_and_the_connection_kept(tmp_path: Path) -> None:
    context, authority = made(tmp_path, "127.0.0.1")
    with serving(plain(200, b"{}"), context) as server:
        assert asked(server, authority=authority) == 200


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    context, authority = made(tmp_path, "elsewhere.example")
    with serving(plain(200, b"{}"), context) as server:
        with pytest.raises(CallError, match=r"pulls\.trouble\.certificate"):
            asked(server, authority=authority)
        assert server.asked == []


def test_without_checking_any_certificate_will_do(tmp_path: Path) -> None:
    context, _ = made(tmp_path, "elsewhere.example")
    with serving(plain(200, b"{}"), context) as server:
        assert asked(server, verify=False) == 200


def test_an_authority_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        Trust(authority="no certificate").context()
