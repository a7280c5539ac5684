"""One request to one allowed target: to the address that was judged, under the name that was meant."""

import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from playbooks.actions.http_api import Request, send
from soc.clock import now
from soc.text import Message
from tests.playbooks.conftest import Gateway
from tests.rebinding import METADATA, NAME, Resolver


def request_to(port: int, *, secure: bool = False, host: str = NAME) -> Request:
    return Request("GET", secure, host, port, "/block", (), None)


def test_a_named_target_is_looked_up_once(resolver: Resolver, gateway: Gateway) -> None:
    resolver.answers = ["127.0.0.1", METADATA]
    assert send(request_to(gateway.port), "run/1").ok
    assert resolver.asked == 1


def test_a_target_whose_name_turned_to_the_metadata_service_gets_nothing(resolver: Resolver, gateway: Gateway) -> None:
    resolver.answers = [METADATA]
    result = send(request_to(gateway.port), "run/1")
    assert result.reason == Message("playbooks.http.forbidden", {"target": f"{NAME}:{gateway.port}"})
    assert gateway.asked == []


def test_a_name_nobody_knows_is_unreachable(gateway: Gateway) -> None:
    result = send(request_to(gateway.port, host="no-such-host.invalid"), "run/1")
    assert result.reason is not None
    assert result.reason.key == "playbooks.http.unreachable"


def certificate(folder: Path, name: str) -> Path:
    """Write a key and a certificate for ``name`` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[int]:
    """A TLS server whose certificate, the only one trusted here, is for the parameter's name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    path = certificate(tmp_path, request.param)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("secure_port", [NAME], indirect=True)
def test_the_certificate_is_checked_by_the_name_and_not_the_address(resolver: Resolver, secure_port: int) -> None:
    assert send(request_to(secure_port, secure=True), "run/1").outcome["status"] == 204


@pytest.mark.parametrize("secure_port", ["another.name.test"], indirect=True)
def test_a_certificate_for_another_name_is_no_answer(resolver: Resolver, secure_port: int) -> None:
    result = send(request_to(secure_port, secure=True), "run/1")
    assert result.reason is not None
    assert result.reason.params["reason"] == "SSLCertVerificationError"
