"""The sockets of a port, and its certificate."""

import os
import shutil
import socket
from pathlib import Path

from audit.ingest.receive.sockets import Certificate, bound, kernel_drops
from config.listeners import Listener, Protocol
from tests.audit.ingest.receive.at_port import until
from tests.audit.ingest.receive.test_port import authority  # noqa: F401 - a fixture


def test_datagrams_that_the_kernel_drops_are_counted() -> None:
    with bound(Listener(protocol=Protocol.UDP, host="127.0.0.1", port=0)) as made:
        assert kernel_drops(made) == 0
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least there is
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(100):
                sender.sendto(b"x" * 1000, made.getsockname())
        until(lambda: kernel_drops(made) > 0)


def test_one_port_takes_both_families_where_it_listens_everywhere() -> None:
    with bound(Listener(protocol=Protocol.TCP, host="::", port=0)) as made:
        port = made.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=10).close()


def test_a_renewed_certificate_is_taken_up(authority: Path, tmp_path: Path) -> None:  # noqa: F811
    cert, key = tmp_path / "log.crt", tmp_path / "log.key"
    for path, name in ((cert, "server.crt"), (key, "server.key")):
        shutil.copy(authority / name, path)
        os.utime(path, (1, 1))
    held = Certificate(Listener(protocol=Protocol.TLS, host="127.0.0.1", port=0, cert=cert, key=key))
    before = held._seen
    held.renew()
    assert held._seen == before
    for path, name in ((cert, "client.crt"), (key, "client.key")):
        shutil.copy(authority / name, path)
    held.renew()
    assert held._seen != before
