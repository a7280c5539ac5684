"""A real HTTP target on loopback that remembers what it was asked, and a way to run a playbook."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from config.settings import Settings
from playbooks.models import PlaybookRun
from playbooks.runner import advance_run
from playbooks.runs import StartRun, start_run
from playbooks.service import import_playbook
from soc.db import Database
from soc.identity.actors import operator_actor
from tests.conftest import NOON
from tests.playbooks.cacao.documents import raw


@dataclass
class Gateway:
    """What the target answers, and what it was asked."""

    port: int = 0
    status: int = 200
    body: bytes = b'{"blocked": 3}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    asked: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    #: what the next request waits for before it is answered
    gate: threading.Event = field(default_factory=threading.Event)
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        """The Idempotency-Keys in order."""
        return [key for _, _, key, _ in self.asked]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway()
    found.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.asked.append((self.command, self.path, self.headers["Idempotency-Key"], body))
            found.came.set()
            found.gate.wait(20)
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - names the server looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.gate.set()
    server.shutdown()
    server.server_close()


RunIt = Callable[..., UUID]


@pytest.fixture
def settings(tmp_path: Any, gateway: Gateway) -> Settings:
    return Settings.load({"SOC_HOME": str(tmp_path / "home"), "SOC_PLAYBOOK_TARGETS": f"127.0.0.1:{gateway.port}"})


@pytest.fixture
def run_it(database: Database) -> RunIt:
    """Import a document, start a run, move it as far as it goes; return the run's id."""

    def run(document: dict[str, Any], moves: int = 1, **variables: str) -> UUID:
        with database.write() as session:
            actor = operator_actor(session)
            verdict = import_playbook(session, actor, raw(document), at=NOON)
            assert verdict.id is not None, verdict.problems
            assert not verdict.problems, verdict.problems
            given = {f"__{name}__": value for name, value in variables.items()}
            run_id = start_run(session, actor, StartRun(verdict.id, given), at=NOON).id
        for _ in range(moves):
            advance_run(database, run_id)
        return run_id

    return run


@pytest.fixture
def run_of(database: Database) -> Callable[[UUID], PlaybookRun]:
    def find(run_id: UUID) -> PlaybookRun:
        with database.read() as session:
            return session.get_one(PlaybookRun, run_id)

    return find
