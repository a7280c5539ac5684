"""``soc bench pages``: server time of every page with a province's year behind it.

In a home of its own: 144 centres, 20,000 alerts, 400 incidents, 1,335 tables with 35,672 columns, 2,000 entries of
the trail, a month of a million events. Each page, as a whole and as a flyout, in both languages,
is asked through the WSGI application, as its reader. Time is by the clock; CPU is told beside it,
since other work on the machine is in the one and not in the other.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from apiflask import APIFlask
from flask.testing import FlaskClient

from config.settings import Settings
from dashboards.bench_events import months_events
from dashboards.bench_pages import Page, every_page, named_by_logs
from dashboards.bench_rows import Filled, fill, fill_work
from soc.acting import SystemPath
from soc.app import create_app
from soc.clock import now
from soc.db import Database, new_id
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.identity.persons import NewPerson, add_person, install_roles
from soc.installation import open_installation
from soc.logstore import open_store
from soc.logstore.bench import BATCH, EVENTS
from soc.machine import machine, settle
from soc.text import LANGUAGES
from soc.web import sessions
from soc.web.cookies import SESSION

LIMIT_MS = 300.0
_ROUNDS = 20
_ROOT = "440000"


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of one page: server time, and the processor's share of the median request."""

    p50: float
    p95: float
    cpu: float


def run(settings: Settings) -> dict[str, object]:
    """Measure; the figure is the slowest page's p95, and a ratio above 1 keeps the limit."""
    with _own_home(settings) as own:
        database = open_installation(own).acting_for(SystemPath.OPERATOR)
        try:
            filled = fill(database)
            store = open_store(own)
            for name, frame in months_events(EVENTS, BATCH, filled.codes, now()):
                store.append(frame, batch=name)
            store.maintain()
            fill_work(database, own)
            found, missing = _measured(own, database, filled)
        finally:
            database.close()
    slowest = max(found, key=lambda name: found[name].p95)
    return {
        "name": "pages",
        "figure": found[slowest].p95,
        "unit": f"ms server time, p95 of the slowest page ({slowest}), {_ROUNDS} requests each",
        "limit": LIMIT_MS,
        "ratio": round(LIMIT_MS / found[slowest].p95, 3),
        "peers": {},
        "machine": machine(),
        "pages": {name: asdict(one) for name, one in found.items()},
        "not_asked": missing,
        "alerts": filled.alerts,
        "centres": len(filled.codes),
        "events": EVENTS,
    }


def _measured(
    settings: Settings, database: Database, filled: Filled
) -> tuple[Mapping[str, Figures], Mapping[str, str]]:
    """Return the figures by page and language, and why other pages have none."""
    app = create_app(settings, database)
    settle()  # as the server does
    readers = {role: _signed_in(app, database, role) for role in Role}
    with database.read() as session:
        pages = every_page(app, session, filled.named | named_by_logs(app, settings, open_store(settings)))
    found: dict[str, Figures] = {}
    missing = dict.fromkeys(pages.without_rows, "no row")
    for page in pages.asked:
        status = _asked(readers[page.role], page, LANGUAGES[0])
        if status != 200:
            missing[page.name] = f"answers {status}"
            continue
        found |= {f"{page.name} [{one}]": _page(readers[page.role], page, one) for one in LANGUAGES}
    return found, missing


def _asked(client: FlaskClient, page: Page, language: str) -> int:
    headers = {"Accept-Language": language} | ({"HX-Request": "true", "HX-Target": "flyout"} if page.flyout else {})
    return client.get(page.path, headers=headers).status_code


def _page(client: FlaskClient, page: Page, language: str) -> Figures:
    """Ask once to warm up, then as often as counts."""
    _asked(client, page, language)
    taken = [_milliseconds(client, page, language) for _ in range(_ROUNDS)]
    parts = quantiles((wall for wall, _ in taken), n=20, method="inclusive")
    return Figures(round(parts[9], 1), round(parts[18], 1), round(median(cpu for _, cpu in taken), 1))


def _milliseconds(client: FlaskClient, page: Page, language: str) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    _asked(client, page, language)
    return (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000


def _signed_in(app: APIFlask, database: Database, role: Role) -> FlaskClient:
    with database.write() as session:
        actor = operator_actor(session, "bench")
        order = NewPerson(username=f"bench.{role.value}", display_name=role.value, org=_ROOT)
        person, _ = add_person(session, actor, order)
        person.must_change_password = False
        install_roles(session, actor, person, frozenset({role}))
        value = sessions.start(session, person.id, database.settings, at=now())
    client: FlaskClient = app.test_client()
    client.set_cookie(SESSION, value)
    return client


@contextmanager
def _own_home(settings: Settings) -> Iterator[Settings]:
    home: Path = settings.folder("work") / f"bench-{new_id()}"
    home.mkdir(parents=True)
    try:
        yield settings.with_changes(home=home, database_url=f"sqlite:///{home / 'state.db'}", opensearch_url=None)
    finally:
        shutil.rmtree(home, ignore_errors=True)
