"""For each shipped correlation: events that it speaks of, and the ordinary ones beside them."""

from collections.abc import Iterable
from typing import Any

from tests.detectors.sigma.test_stage import DATABASE, WEB

Told = list[tuple[float, dict[str, Any]]]
"""Events: seconds after noon, and what they say."""

LOGIN = {"metadata.log_name": "linux_auth", "class_uid": 3002, "activity_id": 1, "api.operation": "ssh_login"}
DNS = {
    "metadata.log_name": "zeek_dns",
    "class_uid": 4003,
    "activity_id": 6,
    "api.operation": "TXT",
    "src_endpoint.ip": "10.1.2.3",
}


def logins(at: Iterable[float], *, ok: bool, user: str = "li.na", ip: str = "10.1.2.3") -> Told:
    """Logins of one account from one address."""
    event = {**LOGIN, "actor.user.name": user, "src_endpoint.ip": ip, "status_id": 1 if ok else 2}
    return [(second, event) for second in at]


def statements(at: Iterable[float], **changes: Any) -> Told:
    """Statements of one account."""
    return [(second, {**DATABASE, "database.name": "permits", **changes}) for second in at]


def pages(paths: Iterable[str], **changes: Any) -> Told:
    """Pages fetched one after another."""
    return [(place, {**WEB, "http_request.url.path": path, **changes}) for place, path in enumerate(paths)]


def looked_up(subjects: Iterable[str], **changes: Any) -> Told:
    """Subjects looked up in a database one after another."""
    told = ((place, {"guanlan.subjects": [one]}) for place, one in enumerate(subjects))
    return [(place, {**DATABASE, "guanlan.rows": 1, **subject, **changes}) for place, subject in told]


def names(labels: Iterable[str]) -> Told:
    """Names asked for one after another."""
    return [(place, {**DNS, "message": f"{label}.t.example"}) for place, label in enumerate(labels)]


AUDIT_OFF = {
    "query_info.query_string": "ALTER SYSTEM SET pgaudit.log = 'none'",
    "api.operation": "ALTER SYSTEM",
    "guanlan.rows": 0,
}
GRANT = {"query_info.query_string": "GRANT SELECT ON t TO x", "api.operation": "GRANT", "guanlan.rows": 0}
FAILS = range(0, 50, 10)
CASES: list[tuple[str, Told, Told]] = [
    ("guessed_then_in", logins(FAILS, ok=False) + logins([90], ok=True), logins([-10], ok=True) + logins(FAILS, ok=False)),
    ("many_failed_logins", [], logins(FAILS, ok=False)),  # it speaks through the one above alone
    ("password_guessing", logins(range(0, 200, 10), ok=False), logins(range(0, 2000, 100), ok=False)),
    (
        "password_spraying",
        [one for place in range(8) for one in logins([place], ok=False, user=f"u{place}")],
        [one for place in range(8) for one in logins([place], ok=False, user=f"u{place}", ip=f"10.0.0.{place}")],
    ),
    (
        "account_from_many_addresses",
        [one for place in range(4) for one in logins([place * 600], ok=True, ip=f"10.0.0.{place}")],
        [one for place in range(4) for one in logins([place * 600], ok=True, ip=f"10.0.0.{place % 3}")],
    ),
    (
        "audit_off_then_read",
        statements([0], **AUDIT_OFF) + statements([600], **{"guanlan.rows": 400}),
        statements([0], **{"guanlan.rows": 400}) + statements([600], **AUDIT_OFF),
    ),
    (
        "rights_then_bulk_read",
        statements([0], **GRANT) + statements([3600], **{"guanlan.rows": 20_000, "actor.user.name": "wang.wei"}),
        statements([0], **GRANT) + statements([3600], **{"guanlan.rows": 20_000, "database.name": "tolls"}),
    ),
    (
        "many_people_looked_up",
        statements(range(0, 30_000, 100), **{"guanlan.rows": 1}),
        statements(range(0, 30_000, 100), **{"guanlan.rows": 1, "guanlan.level_rank": 2}),
    ),
    (
        "one_person_looked_up_by_many",
        [one for place in range(8) for one in pages(["/api/drivers/20417"], **{"actor.user.name": f"u{place}"})],
        [one for place in range(8) for one in pages([f"/api/drivers/{place}"], **{"actor.user.name": f"u{place}"})],
    ),
    (
        "many_subjects_without_business",
        looked_up(f"resident_id:{place:016}" for place in range(100)),
        looked_up((f"resident_id:{place:016}" for place in range(100)), **{"guanlan.business": "GD-2026-1"})
        + looked_up(f"resident_id:{place % 99:016}" for place in range(300)),
    ),
    (
        "one_person_by_many",
        [one for place in range(8) for one in looked_up(["mobile:x"], **{"actor.user.name": f"u{place}"})],
        [one for place in range(8) for one in looked_up([f"mobile:{place}"], **{"actor.user.name": f"u{place}"})],
    ),
    (
        "one_thing_by_many",
        [one for place in range(30) for one in looked_up(["plate:x"], **{"actor.user.name": f"u{place}"})],
        [one for place in range(29) for one in looked_up(["plate:x"], **{"actor.user.name": f"u{place}"})],
    ),
    (
        "api_paged_by_number",
        pages(f"/api/permits/{number}" for number in range(150)),
        pages(f"/api/permits/{number % 9}" for number in range(150)),
    ),
    (
        "dns_tunnel",
        names(f"{number:08x}{'ab' * 14}" for number in range(50)),
        names(f"host-{number}" for number in range(50)),
    ),
]  # fmt: skip
