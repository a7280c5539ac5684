"""The first start: schema, first administrator, default policies, the demo's steps."""

import errno
import time

import click

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.desk import settle
from soc.errors import ConflictError, InputError, SocError
from soc.identity.actors import operator_actor
from soc.installation import FirstStart, InstallationFact, first_start, is_demo, open_installation
from soc.registry import rooms
from soc.room import DemoStep, resolve
from soc.text import t, told
from soc.trail import Act, Subject, record

#: the fact that says which demo steps are done: a start that was killed goes on where it was
_STEP = "demo.step."


def prepare(settings: Settings) -> int:
    """Make what is missing; return the exit code."""
    try:
        database = open_installation(settings).acting_for(SystemPath.SETUP)
        _keep_inside(database.settings)
        _first_person(database, demo=settings.demo)
        if settings.demo:
            _load_demo(database)
        settle(database)
        database.close()
    except SocError as error:
        click.echo(f"soc: {told(error)}", err=True)
        return 1
    except OSError as error:
        click.echo(f"soc: {_refused(error)}", err=True)
        return 1
    return 0


def _refused(error: OSError) -> str:
    """What the system refused, in one line."""
    if error.errno == errno.ENOSPC:
        return t("errors.disk_full")
    return f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")


def _first_person(database: Database, *, demo: bool) -> None:
    """Make the first administrator, and a demo of an empty installation where one is asked for.

    Both in one transaction: a start that is killed leaves a demo, or what can still become one.

    Raises:
        ConflictError: people work here already; a demo's persons, who need no second factor, must not be among them.
    """
    with database.write() as session:
        made = first_start(session)
        if demo and not is_demo(session):
            if made is None:
                raise ConflictError("errors.demo_not_empty", home=str(database.settings.home))
            session.add(InstallationFact(name="demo", value="yes"))
            actor = operator_actor(session, "setup")
            record(session, actor, Act.DEMO_LOADED, Subject("organisations", actor.org, actor.org))
        if made is not None:
            # before the commit: cut off here, the next start makes another and says it; after it, nobody would know it
            _say_password(made, demo=demo)


def _say_password(made: FirstStart, *, demo: bool) -> None:
    click.echo(t("cli.username", value=made.username))
    click.echo(t("cli.password", value=made.password))
    if not demo:
        click.echo(t("cli.first_password_note"))


def _keep_inside(settings: Settings) -> None:
    """Refuse to show a demo to others than this machine, also when it is started without ``--demo``.

    Raises:
        InputError: it was to listen beyond loopback.
    """
    if settings.demo and settings.hosts_beyond_loopback:
        raise InputError("errors.demo_home_loopback", host=settings.hosts_beyond_loopback[0])


def _load_demo(database: Database) -> None:
    steps = sorted((step for room in rooms() for step in room.demo_steps), key=lambda step: step.order)
    with database.read() as session:
        left = [step for step in steps if session.get(InstallationFact, _fact(step)) is None]
    for index, step in enumerate(left, 1):
        began = time.monotonic()
        click.echo(f"[{index}/{len(left)}] {t(step.title_key)} … ", nl=False)
        resolve(step.run)(database, database.settings)
        with database.write() as session:
            session.add(InstallationFact(name=_fact(step), value="done"))
        click.echo(f"{time.monotonic() - began:.1f} s")


def _fact(step: DemoStep) -> str:
    return f"{_STEP}{step.title_key}"
