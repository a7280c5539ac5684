"""Syslog over real sockets, from the sender's first byte to the log store."""

import errno
import os
import shutil
import socket
import struct
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from audit.ingest.receive import basket as baskets
from audit.ingest.receive.counts import read_all
from audit.ingest.receive.port import Port
from audit.ingest.receive.sockets import ListenerError
from config.listeners import Framing, Listener, Protocol
from soc.db import Database
from soc.errors import InputError
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.receive.at_port import Opened, lines_of, opened, until

MESSAGE = "<134>1 2026-11-26T02:00:{:02d}.000Z gate-7 permits 412 - - grant {} given"


def messages(count: int, first: int = 0) -> list[bytes]:
    return [MESSAGE.format(number % 60, number).encode() for number in range(first, first + count)]


def in_lines(texts: list[bytes]) -> bytes:
    return b"".join(text + b"\n" for text in texts)


def counted(texts: list[bytes]) -> bytes:
    return b"".join(b"%d %s" % (len(text), text) for text in texts)


def test_counted_messages_and_lines_on_one_port_are_searchable(at_work: Installation) -> None:
    with opened(at_work.database, org="440100") as port:
        port.send(in_lines(messages(5)) + counted(messages(5, 5)))
        port.send(counted(messages(5, 10)))
    at_work.work()
    rows = at_work.stored("message", "guanlan.org", "metadata.log_name", "actor.app_name", "dst_endpoint.hostname")
    assert sorted(row["message"] for row in rows) == sorted(f"grant {number} given" for number in range(15))
    assert {(row["guanlan.org"], row["metadata.log_name"], row["actor.app_name"]) for row in rows} == {
        ("440100", "syslog", "permits")
    }


def test_frames_that_come_in_bytes_are_whole_in_the_end(at_work: Installation) -> None:
    stream = counted(messages(3)) + in_lines(messages(3, 3))
    with opened(at_work.database) as port, port.connect() as sender:
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(0, len(stream), 7):
            sender.sendall(stream[place : place + 7])
    assert lines_of(at_work) == [text.decode() for text in messages(6)]


def test_each_datagram_is_a_message(at_work: Installation) -> None:
    with opened(at_work.database, Protocol.UDP) as port:
        port.send_datagrams(*messages(50))
        until(lambda: port.counts.messages == 50)
    assert sorted(lines_of(at_work)) == sorted(text.decode() for text in messages(50))


def test_equal_messages_are_separate_events(at_work: Installation) -> None:
    with opened(at_work.database) as port:
        port.send(in_lines(messages(1) * 3))
        until(lambda: len(lines_of(at_work)) == 3)
        port.send(in_lines(messages(1) * 3))
    assert len(lines_of(at_work)) == 6


def test_programs_of_one_sender_are_read_as_what_each_writes(at_work: Installation) -> None:
    access = (
        '<190>Nov 26 10:00:00 web nginx: 10.0.0.{} - - [26/Nov/2026:10:00:00 +0800] "GET /a HTTP/1.1" 200 5 "-" "x"'
    )
    texts = [access.format(number).encode() for number in range(1, 6)]
    texts.append(b"<187>Nov 26 10:00:01 web nginx: signal process started")
    texts.append(b"<38>Nov 26 10:00:02 web sshd[9]: Failed password for root from 10.0.0.9 port 22 ssh2")
    texts.append(b"<13>CEF:0|Vendor|Product|1|100|probe|5|src=10.0.0.1")
    texts += [b"no head at all", *messages(1)]
    with opened(at_work.database) as port:
        port.send(in_lines(texts))
    at_work.work()
    formats = Counter(row["metadata.log_name"] for row in at_work.stored("metadata.log_name"))
    assert formats == {"nginx": 5, "linux_auth": 1, "cef": 1, "syslog": 3}


def test_a_message_without_a_time_is_given_the_time_of_its_arrival_and_its_sender(at_work: Installation) -> None:
    with opened(at_work.database, format="syslog") as port:
        port.send(b"<11>link down\n")
    at_work.work()
    (row,) = at_work.stored("message", "dst_endpoint.hostname")
    assert (row["message"], row["dst_endpoint.hostname"]) == ("link down", "127.0.0.1")
    (line,) = lines_of(at_work)
    assert line.startswith("<11>1 ")


def test_a_named_format_quarantines_what_it_does_not_read(at_work: Installation) -> None:
    with opened(at_work.database, format="nginx") as port:
        port.send(in_lines(messages(2)))
    assert len(lines_of(at_work)) == 2
    at_work.work()
    assert at_work.stored() == []


def test_mixed_encodings_and_stray_bytes_lose_no_message(at_work: Installation) -> None:
    head = b"<13>1 2026-11-26T02:00:00Z h p - - - "
    texts = [head + "车辆过闸".encode(), head + "船舶离港".encode("gb18030"), head + b"\xff\xfe\x00\x80 x"]
    with opened(at_work.database) as port:
        port.send(in_lines(texts))
    at_work.work()
    found = [row["message"] for row in at_work.stored("message")]
    assert {"车辆过闸", "船舶离港"} < set(found)
    assert len(found) == 3


def test_lines_within_a_message_stay_one_record(at_work: Installation) -> None:
    with opened(at_work.database, format="syslog") as port:
        port.send(counted([messages(1)[0] + b"\nsecond line\nthird", *messages(1, 1)]))
    at_work.work()
    assert [row["message"] for row in at_work.stored("message")] == [
        "grant 0 given\n\tsecond line\n\tthird",
        "grant 1 given",
    ]


def test_a_megabyte_line_is_cut_and_counted_and_the_next_message_is_whole(at_work: Installation) -> None:
    with opened(at_work.database, longest=1000) as port:
        port.send(messages(1)[0] + b"x" * (1 << 20) + b"\n" + in_lines(messages(1, 1)))
    first, second = lines_of(at_work)
    assert (len(first), second.encode(), port.counts.cut) == (1000, messages(1, 1)[0], 1)


def test_a_connection_that_breaks_off_in_a_frame_leaves_what_it_sent(at_work: Installation) -> None:
    with opened(at_work.database) as port:
        with port.connect() as sender:
            sender.sendall(in_lines(messages(2)) + b"500 " + messages(1, 2)[0])
            until(lambda: port.counts.messages == 2)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with a reset
        until(lambda: port.counts.open == 0)
        port.send(in_lines(messages(1, 3)))
    assert lines_of(at_work) == [text.decode() for text in messages(4)]


def test_a_stop_loses_nothing_that_was_sent(at_work: Installation) -> None:
    senders = []
    with opened(at_work.database) as port:
        for number in range(4):
            sender = port.connect()
            sender.sendall(in_lines(messages(500, 500 * number)))
            senders.append(sender)  # none of them closes
        until(lambda: port.counts.open == 4)
    for sender in senders:
        sender.close()
    assert Counter(lines_of(at_work)) == Counter(text.decode() for text in messages(2000))


def test_a_sender_that_says_nothing_is_ended_when_it_has_been_silent_for_long(at_work: Installation) -> None:
    with opened(at_work.database, idle=timedelta(seconds=0.3)) as port, port.connect() as sender:
        sender.sendall(messages(1)[0])  # half a line
        assert sender.recv(1) == b""
        until(lambda: port.counts.open == 0)
    assert lines_of(at_work) == [messages(1)[0].decode()]
    assert port.counts.broken == 1


def test_more_connections_than_allowed_are_not_let_in(at_work: Installation) -> None:
    with opened(at_work.database, connections=2) as port, port.connect() as one, port.connect() as two:
        until(lambda: port.counts.open == 2)
        with port.connect() as third, pytest.raises(OSError):
            while third.recv(1) != b"":
                pass
            raise ConnectionResetError(errno.ECONNRESET, "closed")
        one.sendall(in_lines(messages(1)))
        two.sendall(in_lines(messages(1, 1)))
    assert len(lines_of(at_work)) == 2
    assert port.counts.refused == 1


def test_strangers_are_not_heard_where_networks_are_named(at_work: Installation) -> None:
    from ipaddress import ip_network

    with opened(at_work.database, Protocol.UDP, sources=(ip_network("10.0.0.0/8"),)) as port:
        port.send_datagrams(*messages(3))
        until(lambda: port.counts.refused == 3)
    assert lines_of(at_work) == []


@dataclass(slots=True)
class FullDisk:
    """Makes fsync fail as a full disk does, until it has room again."""

    monkeypatch: pytest.MonkeyPatch

    def fill(self) -> None:
        def refuse(_fd: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        self.monkeypatch.setattr("audit.ingest.spool.os.fsync", refuse)

    def empty(self) -> None:
        self.monkeypatch.undo()


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def test_a_full_disk_holds_senders_and_loses_nothing_when_there_is_room_again(
    at_work: Installation, full_disk: FullDisk
) -> None:
    with opened(at_work.database) as port:
        full_disk.fill()
        port.send(in_lines(messages(100)))
        until(lambda: port.counts.trouble != "")
        assert lines_of(at_work) == []
        full_disk.empty()
        until(lambda: len(lines_of(at_work)) == 100)
    assert port.counts.dropped == 0


def test_a_flood_holds_a_tcp_sender_back_and_all_of_it_arrives(
    at_work: Installation, full_disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baskets, "MOST_MESSAGES", 2000)
    flood = in_lines(messages(200_000))
    with opened(at_work.database) as port:
        full_disk.fill()
        with port.connect() as sender:
            sender.settimeout(2)
            sent = _push(sender, flood)
            assert sent < len(flood)  # the sender had to wait
            assert port.counts.messages < 10_000  # and what is held is bounded
            full_disk.empty()
            monkeypatch.setattr(baskets, "MOST_MESSAGES", 100_000)
            sender.settimeout(None)
            sender.sendall(flood[sent:])
        until(lambda: port.counts.messages == 200_000)
    assert len(lines_of(at_work)) == 200_000
    assert port.counts.dropped == 0


def _push(sender: socket.socket, data: bytes) -> int:
    """Send until the sender would have to wait; return how much went."""
    sent = 0
    try:
        while sent < len(data):
            sent += sender.send(data[sent : sent + 65536])
    except TimeoutError:
        pass
    return sent


def test_a_flood_of_datagrams_is_dropped_beyond_what_is_held_and_counted(
    at_work: Installation, full_disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baskets, "MOST_MESSAGES", 100)
    with opened(at_work.database, Protocol.UDP) as port:
        full_disk.fill()
        for number in range(300):
            port.send_datagrams(*messages(1, number))
            until(lambda seen=number: port.counts.messages + port.counts.dropped > seen)  # type: ignore[misc]
        assert (port.counts.messages, port.counts.dropped) == (100, 200)
        full_disk.empty()
    assert len(lines_of(at_work)) == 100


def test_what_a_port_counts_is_noted_for_others_to_read(at_work: Installation) -> None:
    with opened(at_work.database, org="440100") as port:
        port.send(in_lines(messages(3)))
        until(lambda: port.counts.messages == 3)
    (noted,) = read_all(at_work.database.settings)
    assert (noted.org, noted.messages, noted.bytes, noted.waiting) == ("440100", 3, sum(map(len, messages(3))), 0)
    assert noted.last_at is not None
    assert noted.is_up


def test_a_port_that_is_taken_is_named(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ListenerError) as error:
        Port(Listener(protocol=Protocol.TCP, host="127.0.0.1", port=other.getsockname()[1]), database)
    assert error.value.key == "receive.error.port"


@pytest.mark.parametrize("wrong", [{"org": "990000"}, {"format": "nginks"}])
def test_a_port_for_nobody_or_no_format_is_refused(database: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        Port(Listener(protocol=Protocol.TCP, host="127.0.0.1", port=0, **wrong), database)  # type: ignore[arg-type]


def test_a_port_that_must_count_ends_who_does_not(at_work: Installation) -> None:
    with opened(at_work.database, framing=Framing.OCTETS) as port, port.connect() as sender:
        sender.sendall(in_lines(messages(1)))
        assert sender.recv(1) == b""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, a server's certificate and a client's, made by openssl."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


def make_certificates(folder: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl, which is not there")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "rsa:2048", "-nodes")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test authority", "-days", "2")
    for name in ("server", "client"):
        (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-out", f"{name}.crt", "-days", "2", "-extfile", "names"),
        )
    return folder


def over_tls(port: Opened, folder: Path, data: bytes, client: str | None = None) -> None:
    import ssl

    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    if client is not None:
        context.load_cert_chain(folder / f"{client}.crt", folder / f"{client}.key")
    with context.wrap_socket(port.connect(), server_hostname="localhost") as sender:
        sender.sendall(data)
        sender.unwrap()


def test_messages_come_over_tls(at_work: Installation, authority: Path) -> None:
    keys = {"cert": authority / "server.crt", "key": authority / "server.key"}
    with opened(at_work.database, Protocol.TLS, **keys) as port:
        over_tls(port, authority, counted(messages(200)))
    assert lines_of(at_work) == [text.decode() for text in messages(200)]


def test_a_sender_without_a_certificate_is_not_heard_where_one_is_asked_for(
    at_work: Installation, authority: Path
) -> None:
    keys = {"cert": authority / "server.crt", "key": authority / "server.key", "client_ca": authority / "ca.crt"}
    with opened(at_work.database, Protocol.TLS, **keys) as port:
        with pytest.raises(OSError):
            over_tls(port, authority, counted(messages(1)))
        over_tls(port, authority, counted(messages(1, 1)), client="client")
        port.send(in_lines(messages(1, 2)))  # not TLS at all
    assert lines_of(at_work) == [messages(1, 1)[0].decode()]


def test_a_certificate_that_cannot_be_read_is_named(database: Database, tmp_path: Path) -> None:
    cert, key = tmp_path / "none.crt", tmp_path / "none.key"
    with pytest.raises(ListenerError) as error:
        Port(Listener(protocol=Protocol.TLS, host="127.0.0.1", port=0, cert=cert, key=key), database)
    assert error.value.params["path"] == str(tmp_path / "none.crt")
