"""The settings of one installation: a TOML file in its home, then ``SOC_*`` variables."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from config.listeners import Listener, read_listener

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEFAULT_HOME = Path("~/.guanlan")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(ValueError):
    """A setting cannot be used; ``key`` and ``params`` are the message that names it and says what is expected."""

    def __init__(self, key: str, **params: str) -> None:
        """Keep the message; the words are of the reader's language, which nobody here knows."""
        super().__init__(f"{key} {params}")
        self.key, self.params = key, params


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one installation is told; nothing here changes while it runs."""

    home: Path
    #: SQLAlchemy URL of the state; SQLite in the home unless ``SOC_DATABASE_URL`` says else
    database_url: str
    #: PostgreSQL: who owns the tables, where that is not the user of ``database_url``; for ``soc db upgrade``
    database_owner_url: str | None = None
    #: the log store's cluster; the embedded store when None
    opensearch_url: str | None = None
    #: primary shards of each index of the stream: as many nodes share in writing what comes in; holds for the next index
    opensearch_shards: int = 1
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    #: ``HOST:PORT`` that playbook steps may call, loopback included
    playbook_targets: frozenset[str] = frozenset()
    #: ``HOST:PORT`` on this machine itself that logs may be pulled from; other machines need no permission
    pull_targets: frozenset[str] = frozenset()
    timezone: ZoneInfo = SHANGHAI
    #: networks that count as inside
    inside_networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128")
    #: a session ends after this long without a request, and after ``session_lifetime`` in any case
    session_idle: timedelta = timedelta(minutes=30)
    session_lifetime: timedelta = timedelta(hours=12)
    #: failed logins of one account before it is locked, and for how long
    lockout_after: int = 5
    lockout_for: timedelta = timedelta(minutes=15)
    #: events older than this leave the log store
    retention: timedelta = timedelta(days=190)
    #: sealed originals of batches older than this are removed; zero keeps none once a batch is stored and analysed
    originals: timedelta = timedelta(days=190)
    #: largest decoded body of one ingest call, bytes
    ingest_limit: int = 64 * 1024 * 1024
    #: ports that take syslog: ``tcp://0.0.0.0:5514?org=440100,udp://0.0.0.0:5514``
    syslog_listen: tuple[Listener, ...] = ()
    #: a source of logs that was heard before and is not heard for this long is raised as silent
    silent_after: timedelta = timedelta(hours=24)
    #: acknowledged records that no rule has looked at for longer than this are an alert
    detect_within: timedelta = timedelta(minutes=1)
    #: risk score (0..100) from which a finding opens an incident by itself
    incident_threshold: int = 80
    #: percent of confidence from which the SQL of an application is charged to the web user that it names
    attribution_threshold: int = 70
    #: what the installation's systems call the number of a case, an order or a receipt, beside the usual names
    business_keys: tuple[str, ...] = ()
    #: the organisation this installation is the centre of
    root_org: str = "440000"
    #: cookies only over https
    secure_cookies: bool = False

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> "Settings":
        """Read the installation's settings.

        Raises:
            SettingsError: a file or a variable cannot be read as what it sets.
        """
        environ = os.environ if environ is None else environ
        home = Path(environ.get("SOC_HOME") or DEFAULT_HOME).expanduser().resolve()
        values: dict[str, object] = {"home": home, "database_url": f"sqlite:///{home / 'state.db'}"}
        values |= _from_file(home / "soc.toml") | _from_environ(environ) | overrides
        return _built(cls, values)

    @property
    def hosts_beyond_loopback(self) -> tuple[str, ...]:
        """The hosts this installation listens at, pages and syslog, that others than this machine reach."""
        hosts = (self.host, *(one.host for one in self.syslog_listen))
        return tuple(host for host in hosts if host not in LOOPBACK)

    def folder(self, name: str) -> Path:
        """Return the folder ``name`` below the home, made with mode 0700 if absent."""
        folder = self.home / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def with_changes(self, **changes: object) -> Self:
        """Return these settings with some of them replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("errors.settings.file", path=str(path), problem=str(error)) from error
    known = {field.name for field in fields(Settings)} - {"home"}
    unknown = sorted(set(found) - known)
    if unknown:
        names, every = ", ".join(unknown), ", ".join(sorted(known))
        raise SettingsError("errors.settings.unknown", path=str(path), names=names, known=every)
    return {
        name: _read(name, str(value) if not isinstance(value, list) else ",".join(map(str, value)))
        for name, value in found.items()
    }


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    if bind := environ.get("SOC_BIND"):
        found |= _bind(bind)
    for field in fields(Settings):
        value = environ.get(f"SOC_{field.name.upper()}")
        if value and field.name not in {"home", "host", "port"}:
            found[field.name] = _read(field.name, value)
    return found


def _bind(text: str) -> dict[str, object]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise SettingsError("errors.settings.bind", text=text)
    return {"host": host.strip("[]"), "port": int(port)}


_DURATIONS = {
    "session_idle",
    "session_lifetime",
    "lockout_for",
    "retention",
    "originals",
    "silent_after",
    "detect_within",
}
_NUMBERS = {"lockout_after", "ingest_limit", "incident_threshold", "attribution_threshold", "port", "opensearch_shards"}
_MOST_SHARDS, _MOST_KEYS = 64, 50
#: a column or a parameter as systems name them; one letter alone would be found everywhere
_KEY = re.compile(r"[\w-]{2,64}")
_FLAGS = {"demo", "secure_cookies"}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _read(name: str, text: str) -> object:
    try:
        return _read_checked(name, text.strip())
    except (ValueError, KeyError) as error:
        raise SettingsError(f"errors.settings.{_kind(name)}", name=f"SOC_{name.upper()}", text=text) from error


def _kind(name: str) -> str:
    """Which message says what is expected of a setting."""
    if name in _DURATIONS:
        return "duration"
    if name in _NUMBERS:
        return "number"
    return {
        "timezone": "timezone",
        "syslog_listen": "listener",
        "inside_networks": "network",
        "business_keys": "keys",
    }.get(name, "value")


def _read_checked(name: str, text: str) -> object:
    if name in _DURATIONS:
        return timedelta(seconds=float(text[:-1]) * _UNITS[text[-1]])
    if name in _NUMBERS:
        return _number(name, int(text))
    if name in _FLAGS:
        return text.lower() in {"1", "true", "yes", "on"}
    if name == "timezone":
        return ZoneInfo(text)
    return _read_list(name, text)


def _number(name: str, value: int) -> int:
    if name == "opensearch_shards" and not 1 <= value <= _MOST_SHARDS:
        raise ValueError("no such number of shards")
    return value


def _read_list(name: str, text: str) -> object:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if name in {"playbook_targets", "pull_targets"}:
        return frozenset(parts)
    if name == "syslog_listen":
        return _listeners(parts)
    if name == "business_keys":
        return _keys(parts)
    if name == "inside_networks":
        return tuple(str(ip_network(part)) for part in parts)
    return text


def _keys(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > _MOST_KEYS or not all(_KEY.fullmatch(one) for one in names):
        raise ValueError("letters, digits, _ and - make a key")
    return tuple(sorted(set(names)))


def _listeners(addresses: tuple[str, ...]) -> tuple[Listener, ...]:
    found = tuple(read_listener(one) for one in addresses)
    if len({one.name for one in found}) < len(found):
        raise ValueError("the same port stands there twice")
    return found


def _built(cls: type[Settings], values: dict[str, object]) -> Settings:
    return cls(**values)  # type: ignore[arg-type]
