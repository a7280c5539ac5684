"""Checks of PostgreSQL and what speaks its protocol: settings, accounts, rights. All of them read catalogues only."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from detectors.weaknesses.values import Hit, NotCheckedError, Run, Store, StoreCheck
from soc.ledger.levels import Level

_KIND = frozenset({"postgresql"})
_CIS = "CIS PostgreSQL Benchmark"
_DOCS = "PostgreSQL documentation"
#: last day of each major version (PostgreSQL versioning policy)
END_OF_LIFE = {
    10: date(2022, 11, 10), 11: date(2023, 11, 9), 12: date(2024, 11, 21), 13: date(2025, 11, 13),
    14: date(2026, 11, 12), 15: date(2027, 11, 11), 16: date(2028, 11, 9), 17: date(2029, 11, 8),
}  # fmt: skip
_EVERYWHERE = {"0.0.0.0", "::", "0.0.0.0/0", "::/0"}  # noqa: S104 - what is looked for, not what is bound


def setting(store: Store, name: str) -> str:
    """Return a setting of the server; what this account may not see is not checked."""
    rows = store.ask(f"SELECT setting FROM pg_settings WHERE name = '{name}'")  # noqa: S608 - names are ours
    if not rows:
        raise NotCheckedError("weak.unseen.setting", name=name)
    return str(rows[0][0] or "")


def _rules(store: Store) -> list[tuple[str, ...]]:
    """Rows of pg_hba: type, databases, users, address, mask, method; only a superuser may see them."""
    rows = store.ask(
        "SELECT type, array_to_string(database, ','), array_to_string(user_name, ','), coalesce(address, ''),"
        " coalesce(netmask, ''), auth_method FROM pg_hba_file_rules WHERE error IS NULL"
    )
    return [tuple(str(value) for value in row) for row in rows]


def _by_method(method: str, store: Store) -> Iterator[Hit]:
    for kind, databases, users, address, _, used in _rules(store):
        if used == method and (kind != "local" or method != "trust" or users == "all"):
            place = address or kind
            yield Hit(f"{kind}/{databases}/{users}/{place}", {"users": users, "databases": databases, "place": place})


def _from_everywhere(store: Store) -> Iterator[Hit]:
    for kind, databases, users, address, mask, method in _rules(store):
        open_to_all = address in {"all", *_EVERYWHERE} and mask in {"", *_EVERYWHERE}
        if kind.startswith("host") and open_to_all and method != "reject":
            yield Hit(f"{kind}/{databases}/{users}", {"users": users, "databases": databases, "method": method})


def _is(name: str, bad: str, store: Store) -> Iterator[Hit]:
    if setting(store, name) == bad:
        yield Hit("", {"name": name, "value": bad})


def _listens(store: Store) -> Iterator[Hit]:
    addresses = setting(store, "listen_addresses")
    if {one.strip() for one in addresses.split(",")} & {"*", *_EVERYWHERE}:
        yield Hit("", {"addresses": addresses})


def _audit(store: Store) -> Iterator[Hit]:
    if "pgaudit" not in setting(store, "shared_preload_libraries"):
        yield Hit("", {"what": "pgaudit"})
        return
    if setting(store, "pgaudit.log").strip().lower() in {"", "none"}:
        yield Hit("", {"what": "pgaudit.log"})


def _version(store: Store) -> Iterator[Hit]:
    major = int(setting(store, "server_version_num")) // 10_000
    ended = END_OF_LIFE.get(major)
    if major < min(END_OF_LIFE) or (ended is not None and ended < store.today):
        yield Hit("", {"version": major, "ended": ended.isoformat() if ended else "–"})


def _superusers(store: Store) -> Iterator[Hit]:
    rows = store.ask("SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin AND oid <> 10 ORDER BY 1")
    yield from (Hit(str(name), {"account": str(name)}) for (name,) in rows)


def _superuser_sessions(store: Store) -> Iterator[Hit]:
    rows = store.ask(
        "SELECT DISTINCT a.usename, coalesce(a.application_name, '') FROM pg_stat_activity a"
        " JOIN pg_roles r ON r.rolname = a.usename"
        " WHERE r.rolsuper AND a.backend_type = 'client backend' AND a.client_addr IS NOT NULL"
        " AND a.pid <> pg_backend_pid() ORDER BY 1, 2"
    )
    for account, application in rows:
        yield Hit(f"{account}/{application}", {"account": str(account), "application": str(application) or "–"})


def _shared_accounts(store: Store) -> Iterator[Hit]:
    """An account from many addresses at once is a shared one."""
    rows = store.ask(
        "SELECT usename, count(DISTINCT client_addr) FROM pg_stat_activity"
        " WHERE client_addr IS NOT NULL GROUP BY usename HAVING count(DISTINCT client_addr) >= 3"
    )
    yield from (Hit(str(name), {"account": str(name), "places": int(count)}) for name, count in rows)


def _no_expiry(store: Store) -> Iterator[Hit]:
    rows = store.ask(
        "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolvaliduntil IS NULL AND oid > 16383 ORDER BY 1"
    )
    names = [str(name) for (name,) in rows]
    if names:
        yield Hit("", {"count": len(names), "accounts": ", ".join(names[:5])})


def _public_grants(store: Store) -> Iterator[Hit]:
    rows = store.ask(
        "SELECT table_schema, table_name, string_agg(privilege_type, ', ' ORDER BY privilege_type)"
        " FROM information_schema.table_privileges WHERE grantee = 'PUBLIC'"
        " AND table_schema NOT IN ('pg_catalog', 'information_schema') GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for schema, table, rights in rows:
        level = store.level_of(str(schema), str(table))
        if level is not None and level.rank >= Level.G3.rank:
            name = f"{schema}.{table}"
            yield Hit(name, {"table": name, "rights": str(rights)}, table=name)


def _public_schema(store: Store) -> Iterator[Hit]:
    rows = store.ask(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        " AND has_schema_privilege('public', nspname, 'CREATE') ORDER BY 1"
    )
    yield from (Hit(str(name), {"schema": str(name)}) for (name,) in rows)


def _definers(store: Store) -> Iterator[Hit]:
    rows = store.ask(
        "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " JOIN pg_roles r ON r.oid = p.proowner WHERE p.prosecdef AND r.rolsuper AND p.oid > 16383"
        " AND has_function_privilege('public', p.oid, 'EXECUTE') ORDER BY 1"
    )
    yield from (Hit(str(name), {"function": str(name)}) for (name,) in rows)


def _untrusted(store: Store) -> Iterator[Hit]:
    rows = store.ask("SELECT lanname FROM pg_language WHERE NOT lanpltrusted AND lanispl ORDER BY 1")
    yield from (Hit(str(name), {"language": str(name)}) for (name,) in rows)


def _stale(store: Store) -> Iterator[Hit]:
    rows = store.ask("SELECT rolname FROM pg_roles WHERE rolcanlogin AND oid > 16383 ORDER BY 1")
    yield from unused_accounts(store, (str(name) for (name,) in rows))


def unused_accounts(store: Store, accounts: Iterable[str]) -> Iterator[Hit]:
    """Accounts that may log in and did not within ninety days, by the access logs."""
    if store.users is None:
        raise NotCheckedError("weak.unseen.logs")
    yield from (Hit(name, {"account": name}) for name in accounts if name not in store.users)


def _unused_grants(store: Store) -> Iterator[Hit]:
    if store.users is None:
        raise NotCheckedError("weak.unseen.logs")
    rows = store.ask(
        "SELECT DISTINCT grantee, table_schema, table_name FROM information_schema.table_privileges"
        " WHERE privilege_type = 'SELECT' AND grantee <> 'PUBLIC' AND grantee <> grantor ORDER BY 1, 2, 3"
    )
    for account, schema, table in rows:
        level, name = store.level_of(str(schema), str(table)), f"{schema}.{table}"
        seen = store.touched.get(str(account), frozenset())
        if level is not None and level.rank >= Level.G3.rank and not {name, str(table)} & seen:
            yield Hit(f"{account}/{name}", {"account": str(account), "table": name}, table=name)


def _check(name: str, severity: int, source: str, run: Run, *, mark: str = "M") -> StoreCheck:
    return StoreCheck(f"pg.{name}", _KIND, severity, source, run, mark)


CHECKS = (
    _check("trust", 4, _CIS, partial(_by_method, "trust")),
    _check("md5", 2, _CIS, partial(_by_method, "md5")),
    _check("plain_password", 3, _CIS, partial(_by_method, "password")),
    _check("from_everywhere", 3, _CIS, _from_everywhere),
    _check("md5_stored", 2, _DOCS, partial(_is, "password_encryption", "md5")),
    _check("no_tls", 3, _CIS, partial(_is, "ssl", "off")),
    _check("listens", 2, _CIS, _listens),
    _check("audit_off", 3, _CIS, _audit),
    _check("no_connection_log", 1, _CIS, partial(_is, "log_connections", "off")),
    _check("end_of_life", 3, "PostgreSQL versioning policy", _version),
    _check("superusers", 3, _CIS, _superusers),
    _check("superuser_sessions", 4, _CIS, _superuser_sessions),
    _check("shared_accounts", 2, "GB/T 22239-2019", _shared_accounts),
    _check("no_expiry", 1, _CIS, _no_expiry),
    _check("public_grants", 4, _CIS, _public_grants),
    _check("public_schema", 2, _CIS, _public_schema),
    _check("definers", 2, _CIS, _definers),
    _check("untrusted", 2, _DOCS, _untrusted),
    _check("no_archive", 2, _DOCS, partial(_is, "archive_mode", "off")),
    _check("no_checksums", 1, _DOCS, partial(_is, "data_checksums", "off")),
    _check("no_fsync", 3, _DOCS, partial(_is, "fsync", "off")),
    _check("stale_accounts", 2, "GB/T 22239-2019", _stale),
    _check("unused_grants", 2, "GB/T 22239-2019", _unused_grants),
)
