"""Ports for syslog as the settings name them."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from config.listeners import Framing, Protocol, read_listener
from config.settings import Settings, SettingsError


def test_an_address_says_everything_of_a_port() -> None:
    found = read_listener(
        "tls://[::]:6514?org=440100&format=cef&framing=octets&cert=/a.crt&key=/a.key&client_ca=/ca.crt"
        "&source=10.0.0.0/8&source=192.168.1.0/24&connections=20&longest=8192&idle=10m"
    )
    assert (found.protocol, found.host, found.port, found.name) == (Protocol.TLS, "::", 6514, "tls:6514")
    assert (found.org, found.format, found.framing) == ("440100", "cef", Framing.OCTETS)
    assert (found.cert, found.key, found.client_ca) == (Path("/a.crt"), Path("/a.key"), Path("/ca.crt"))
    assert found.sources == (ip_network("10.0.0.0/8"), ip_network("192.168.1.0/24"))
    assert (found.connections, found.longest, found.idle) == (20, 8192, timedelta(minutes=10))


def test_several_ports_stand_behind_one_another() -> None:
    settings = Settings.load({"SOC_HOME": "/nowhere", "SOC_SYSLOG_LISTEN": "tcp://0.0.0.0:5514, udp://10.0.0.5:5514"})
    assert [one.name for one in settings.syslog_listen] == ["tcp:5514", "udp:10.0.0.5:5514"]


def test_the_file_of_settings_names_them_as_a_list(tmp_path: Path) -> None:
    (tmp_path / "soc.toml").write_text('syslog_listen = ["tcp://0.0.0.0:5514?org=440100", "udp://0.0.0.0:5514"]\n')
    assert [one.org for one in Settings.load({"SOC_HOME": str(tmp_path)}).syslog_listen] == ["440100", ""]


@pytest.mark.parametrize(
    "address",
    [
        "5514",
        "relp://0.0.0.0:20514",
        "tcp://0.0.0.0",
        "tcp://0.0.0.0:0",
        "tcp://0.0.0.0:99999",
        "tcp://0.0.0.0:5514/path",
        "tcp://0.0.0.0:5514?orgs=440100",
        "tcp://0.0.0.0:5514?connections=0",
        "tcp://0.0.0.0:5514?longest=99999999999",
        "tcp://0.0.0.0:5514?idle=0s",
        "tcp://0.0.0.0:5514?idle=soon",
        "tcp://0.0.0.0:5514?framing=netstring",
        "tcp://0.0.0.0:5514?source=10.0.0.1/8",
        "tcp://0.0.0.0:5514?cert=/a.crt&key=/a.key",
        "tls://0.0.0.0:6514",
        "tcp://0.0.0.0:5514,tcp://0.0.0.0:5514",
    ],
)
def test_what_cannot_be_a_port_is_refused_with_its_setting_named(address: str) -> None:
    with pytest.raises(SettingsError, match="SOC_SYSLOG_LISTEN"):
        Settings.load({"SOC_HOME": "/nowhere", "SOC_SYSLOG_LISTEN": address})
