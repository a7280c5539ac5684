"""Checks of MySQL, MariaDB and what speaks their protocol."""

import re
from collections.abc import Iterator
from datetime import date

from detectors.weaknesses.postgresql import unused_accounts
from detectors.weaknesses.values import Hit, NotCheckedError, Run, Store, StoreCheck

_KIND = frozenset({"mysql", "mariadb"})
_CIS = "CIS MySQL Benchmark"
#: last day of each series (vendors' policies)
END_OF_LIFE = {
    "5.5": date(2018, 12, 31), "5.6": date(2021, 2, 28), "5.7": date(2023, 10, 31), "8.0": date(2026, 4, 30),
    "10.3": date(2023, 5, 25), "10.4": date(2024, 6, 18), "10.5": date(2025, 6, 24), "10.6": date(2026, 7, 6),
    "10.11": date(2028, 2, 16),
}  # fmt: skip


def variable(store: Store, name: str) -> str:
    """Return a variable of the server, in lower case."""
    rows = store.ask(f"SHOW GLOBAL VARIABLES LIKE '{name}'")
    if not rows:
        raise NotCheckedError("weak.unseen.setting", name=name)
    return text_of(rows[0][1]).lower()


def text_of(value: object) -> str:
    """A value of the catalogue as text: some drivers give bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _accounts(store: Store, where: str) -> Iterator[str]:
    rows = store.ask(f"SELECT User, Host FROM mysql.user WHERE {where} ORDER BY 1, 2")  # noqa: S608 - conditions are ours
    yield from (f"{text_of(user)}@{text_of(host)}" for user, host in rows)


def _of_accounts(where: str) -> Run:
    def run(store: Store) -> Iterator[Hit]:
        yield from (Hit(name, {"account": name}) for name in _accounts(store, where))

    return run


def _is(name: str, *bad: str) -> Run:
    def run(store: Store) -> Iterator[Hit]:
        found = variable(store, name)
        if found in bad:
            yield Hit("", {"name": name, "value": found or "''"})

    return run


def _audit(store: Store) -> Iterator[Hit]:
    plugins = store.ask(
        "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'AUDIT' AND PLUGIN_STATUS = 'ACTIVE'"
    )
    if not plugins and variable(store, "general_log") == "off":
        yield Hit("", {"what": "audit plugin, general_log"})


def _version(store: Store) -> Iterator[Hit]:
    found = text_of(store.ask("SELECT version()")[0][0])
    series = re.match(r"(\d+\.\d+)", found)
    ended = END_OF_LIFE.get(series.group(1)) if series else None
    if ended is not None and ended < store.today:
        yield Hit("", {"version": found, "ended": ended.isoformat()})


def _no_password(store: Store) -> Iterator[Hit]:
    """Accounts that anybody may use; roles and locked accounts cannot log in."""
    plugins = "plugin NOT IN ('unix_socket', 'auth_socket') AND User <> ''"
    where = f"authentication_string = '' AND {plugins}"
    try:
        names = list(_accounts(store, f"{where} AND is_role = 'N'"))
    except NotCheckedError:
        names = list(_accounts(store, f"{where} AND account_locked = 'N'"))
    yield from (Hit(name, {"account": name}) for name in names)


def _test_database(store: Store) -> Iterator[Hit]:
    rows = store.ask("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'test'")
    yield from (Hit(text_of(name), {"schema": text_of(name)}) for (name,) in rows)


def _stale(store: Store) -> Iterator[Hit]:
    names = {name.partition("@")[0] for name in _accounts(store, "User NOT IN ('', 'root', 'mysql', 'mariadb.sys')")}
    yield from unused_accounts(store, sorted(names))


def _check(name: str, severity: int, run: Run, source: str = _CIS) -> StoreCheck:
    return StoreCheck(f"my.{name}", _KIND, severity, source, run)


CHECKS = (
    _check("anonymous", 4, _of_accounts("User = ''")),
    _check("no_password", 4, _no_password),
    _check("root_remote", 4, _of_accounts("User = 'root' AND Host NOT IN ('localhost', '127.0.0.1', '::1')")),
    _check("from_everywhere", 2, _of_accounts("Host = '%' AND User NOT IN ('', 'root')")),
    _check("old_authentication", 1, _of_accounts("plugin IN ('mysql_old_password', 'mysql_native_password')")),
    _check("superusers", 3, _of_accounts(
        "Super_priv = 'Y' AND User NOT IN ('root', 'mysql', 'mariadb.sys', 'mysql.session', 'mysql.sys')"
    )),
    _check("no_tls", 3, _is("have_ssl", "disabled", "no")),
    _check("tls_optional", 2, _is("require_secure_transport", "off")),
    _check("audit_off", 3, _audit),
    _check("end_of_life", 3, _version, "vendor's support policy"),
    _check("local_infile", 2, _is("local_infile", "on")),
    _check("file_anywhere", 2, _is("secure_file_priv", "")),
    _check("no_binary_log", 2, _is("log_bin", "off"), "MySQL documentation"),
    _check("test_database", 1, _test_database),
    _check("stale_accounts", 2, _stale, "GB/T 22239-2019"),
)  # fmt: skip
