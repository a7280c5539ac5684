"""Real senders of syslog, as people set them up."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from config.listeners import Protocol
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.receive.at_port import Opened, opened, until
from tests.audit.ingest.receive.senders import rsyslog, syslog_ng
from tests.audit.ingest.receive.test_port import authority  # noqa: F401 - a fixture

#: more than one read of a connection holds, and one message longer than a packet
LINES = [f"grant {number} given 许可已发放" for number in range(3000)] + ["long " + "x" * 7000]


def arrived(at_work: Installation, port: Opened) -> Counter[str]:
    """Return the messages that are stored once all have come."""
    until(lambda: port.counts.messages >= len(LINES))
    port.stop()
    at_work.work()
    rows = at_work.stored("message", "actor.app_name", "dst_endpoint.hostname")
    assert {(row["actor.app_name"], row["dst_endpoint.hostname"]) for row in rows} == {("permits", "gate-7")}
    return Counter(row["message"].strip() for row in rows)


@pytest.mark.parametrize(
    "more",
    [
        'TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"',
        'TCP_Framing="traditional" template="RSYSLOG_SyslogProtocol23Format"',
        'TCP_Framing="octet-counted" template="RSYSLOG_ForwardFormat"',
        'template="RSYSLOG_TraditionalForwardFormat"',
    ],
)
def test_rsyslog_over_tcp(at_work: Installation, tmp_path: Path, more: str) -> None:
    with opened(at_work.database, format="syslog") as port:
        action = f'action(type="omfwd" target="127.0.0.1" port="{port.port}" protocol="tcp" {more})'
        with rsyslog(tmp_path, LINES, action):
            assert arrived(at_work, port) == Counter(LINES)


@pytest.mark.parametrize("driver", ["gtls", "ossl"])
def test_rsyslog_over_tls(
    at_work: Installation,
    tmp_path: Path,
    authority: Path,  # noqa: F811
    driver: str,
) -> None:
    keys: dict[str, Any] = {"cert": authority / "server.crt", "key": authority / "server.key"}
    with opened(at_work.database, Protocol.TLS, client_ca=authority / "ca.crt", format="syslog", **keys) as port:
        action = (
            f'action(type="omfwd" target="localhost" port="{port.port}" protocol="tcp" TCP_Framing="octet-counted" '
            f'template="RSYSLOG_SyslogProtocol23Format" StreamDriver="{driver}" StreamDriverMode="1" '
            'StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost")'
        )
        files = (
            f'defaultNetstreamDriverCAFile="{authority}/ca.crt" defaultNetstreamDriverCertFile="{authority}/client.crt" '
            f'defaultNetstreamDriverKeyFile="{authority}/client.key"'
        )
        with rsyslog(tmp_path, LINES, action, files):
            assert arrived(at_work, port) == Counter(LINES)


def test_rsyslog_over_udp(at_work: Installation, tmp_path: Path) -> None:
    few = [line for line in LINES if len(line) < 1000][:500]
    with opened(at_work.database, Protocol.UDP, format="syslog") as port:
        with rsyslog(tmp_path, few, f'action(type="omfwd" target="127.0.0.1" port="{port.port}" protocol="udp")'):
            until(lambda: port.counts.messages + port.counts.dropped >= len(few))
        port.stop()
        assert port.counts.dropped == 0
    at_work.work()
    assert Counter(row["message"].strip() for row in at_work.stored("message")) == Counter(few)


@pytest.mark.parametrize(
    "destination",
    [
        'syslog("127.0.0.1" port({}) transport("tcp"));',
        'network("127.0.0.1" port({}) transport("tcp"));',
        'network("127.0.0.1" port({}) transport("tcp") flags(syslog-protocol));',
    ],
)
def test_syslog_ng_over_tcp(at_work: Installation, tmp_path: Path, destination: str) -> None:
    with opened(at_work.database, format="syslog") as port, syslog_ng(tmp_path, LINES, destination.format(port.port)):
        assert arrived(at_work, port) == Counter(LINES)


def test_syslog_ng_over_tls(at_work: Installation, tmp_path: Path, authority: Path) -> None:  # noqa: F811
    keys: dict[str, Any] = {"cert": authority / "server.crt", "key": authority / "server.key"}
    with opened(at_work.database, Protocol.TLS, format="syslog", **keys) as port:
        trust = f'tls(ca-file("{authority}/ca.crt") peer-verify(required-trusted))'
        destination = f'syslog("localhost" port({port.port}) transport("tls") {trust});'
        with syslog_ng(tmp_path, LINES, destination):
            assert arrived(at_work, port) == Counter(LINES)
