"""``soc up``: one worker process, one web process and what services the settings ask for, ended together.

The supervisor opens no database before it forks and no store at all: deltalake panics in a
child forked after its first use. Ctrl-C ends both within 30 s.
"""

import multiprocessing
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import FrameType

import click

from config.settings import Settings
from soc.errors import InputError, SocError, UnavailableError
from soc.jsonlog import log_json_lines
from soc.machine import take_little
from soc.orphans import die_with_parent
from soc.registry import rooms
from soc.room import Service
from soc.text import t, told

#: what one ``soc up`` runs; larger installations run several of each by themselves
PARTS = frozenset({"web", "worker"})
_GRACE_SECONDS = 15


def serve(settings: Settings, parts: frozenset[str] = PARTS) -> None:
    """Make the installation if need be, then serve until a signal; ``parts`` are the processes this machine runs.

    A room's service is a part by its name; with web and worker come those that the settings ask for.

    Raises:
        UnavailableError: the port is taken, the disk is full, the database is away.
        InputError: a demo was to listen beyond loopback.
    """
    if settings.demo and settings.hosts_beyond_loopback:
        raise InputError("errors.demo_loopback", host=settings.hosts_beyond_loopback[0])
    if "web" in parts:
        _check_port(settings)
    context = multiprocessing.get_context("spawn")
    first = context.Process(target=_prepare, args=(settings,), name="prepare")
    _supervise([first], until_all=True)
    if first.exitcode:
        sys.exit(first.exitcode)
    targets = {"worker": _work, "web": _web}
    processes: list[BaseProcess] = [
        context.Process(target=targets[name], args=(settings,), name=name) for name in targets if name in parts
    ]
    processes += [
        context.Process(target=_serve_room, args=(settings, one), name=one.name) for one in _services(settings, parts)
    ]
    _supervise(processes, until_all=False)
    sys.exit(1)  # nobody asked for an end: one of them failed, and has said why


def _services(settings: Settings, parts: frozenset[str]) -> list[Service]:
    every = [one for room in rooms() for one in room.services]
    return [one for one in every if one.name in parts or (parts == PARTS and getattr(settings, one.setting))]


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise UnavailableError(
                "errors.port_taken", host=settings.host, port=settings.port, reason=error.strerror or ""
            ) from error


def _supervise(processes: list[BaseProcess], *, until_all: bool) -> None:
    """Start the processes; wait until one (or all) ended or a signal came, then end the rest."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for process in processes:
            process.start()
        while not asked and _should_wait(processes, until_all):
            for process in processes:
                process.join(timeout=0.2)
    finally:
        _end(processes)
        for number, handler in old.items():
            signal.signal(number, handler)
    if asked:
        click.echo(t("cli.stopped"), err=True)
        sys.exit(0)


def _should_wait(processes: list[BaseProcess], until_all: bool) -> bool:
    alive = [process.is_alive() for process in processes]
    return any(alive) if until_all else all(alive)


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()
    for process in processes:
        if process.pid is not None:
            process.join(timeout=_GRACE_SECONDS)
            if process.is_alive():
                process.kill()


def _prepare(settings: Settings) -> None:
    """Make what the first start makes, with progress; in a process of its own, so that nothing heavy stays."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from soc.start import prepare

    sys.exit(prepare(settings))


def _work(settings: Settings) -> None:
    _become_child()
    from soc.installation import open_installation
    from soc.worker import Worker

    with _in_one_line():
        worker = Worker(open_installation(settings))
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        worker.run()


def _web(settings: Settings) -> None:
    _become_child()
    from soc.web.server import run_web

    run_web(settings)


def _serve_room(settings: Settings, service: Service) -> None:
    _become_child()
    from soc.room import resolve

    with _in_one_line():
        resolve(service.run)(settings)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """End the process with one line where something that people can mend is wrong."""
    try:
        yield
    except SocError as error:
        click.echo(f"soc: {told(error)}", err=True)
        sys.exit(1)


def _become_child() -> None:
    die_with_parent()
    take_little()
    # Ctrl-C reaches the whole group; the supervisor alone decides, and passes it on as SIGTERM
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log_json_lines()
