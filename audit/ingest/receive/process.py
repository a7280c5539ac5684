"""The process of the listeners: ``soc logs listen``, or a part of ``soc up`` where the settings name any."""

import asyncio
import signal

import click

from audit.ingest.receive.port import Port
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.errors import InputError
from soc.installation import open_installation
from soc.text import t


class NoListenerError(InputError):
    """The settings name no port."""


def run(settings: Settings) -> None:
    """Listen until SIGTERM; return when everything that was read is durable.

    Raises:
        NoListenerError: the settings name no port.
        InputError: one of them cannot be what it says.
        ListenerError: a port is taken, or a certificate cannot be used.
    """
    if not settings.syslog_listen:
        raise NoListenerError("receive.error.none")
    database = open_installation(settings)
    try:
        asyncio.run(_run(database.acting_for(SystemPath.INGEST), settings))
    finally:
        database.close()


async def _run(database: Database, settings: Settings) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    ports = [Port(listener, database) for listener in settings.syslog_listen]
    for port in ports:
        click.echo(t("receive.listening", name=port.listener.name, org=port.counts.org), err=True)
    await listen(ports, stop)


async def listen(ports: list[Port], stop: asyncio.Event) -> None:
    """Run ports until ``stop``; where one breaks the others end in order, and the error goes on."""
    tasks = [asyncio.create_task(port.run(stop)) for port in ports]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.gather(*tasks)
