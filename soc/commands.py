"""The kernel's commands: up, check, db upgrade, token create, bench."""

import os

import click

from config.settings import Settings
from soc.desk import at_desk, print_json
from soc.errors import InputError, NotFoundError
from soc.installation import open_installation
from soc.registry import rooms
from soc.room import resolve
from soc.text import t

_MARKS = {"ok": "✓", "note": "·", "weak": "!", "bad": "✗"}


@click.command()
@click.option("--demo", is_flag=True, help="Load the demo province on the first start; loopback only.")
def up(demo: bool) -> None:
    """Serve the pages and do the jobs, on the embedded default or what the settings name."""
    from soc.serve import serve

    serve(Settings.load(demo=True) if demo else Settings.load())


@click.command()
def web() -> None:
    """Serve the pages only, as one of several; `soc worker` does the jobs."""
    from soc.serve import serve

    serve(Settings.load(), frozenset({"web"}))


@click.command()
def worker() -> None:
    """Do the jobs only, as one of several; one leads, the others step in."""
    from soc.serve import serve

    serve(Settings.load(), frozenset({"worker"}))


@click.command()
@click.option("--json", "as_json", is_flag=True)
def check(as_json: bool) -> int:
    """Say whether this installation is healthy and safe, one line a finding."""
    with at_desk() as desk:
        found = [
            (one.name, finding)
            for room in rooms()
            for one in room.checks
            for finding in resolve(one.run)(desk.database, desk.settings)
        ]
    for name, finding in found:
        text = t(finding.key, **finding.params)
        if as_json:
            print_json({"check": name, "level": finding.level, "code": finding.key, "message": text})
        else:
            click.echo(f"{_MARKS[finding.level]} {text}")
    return 1 if any(finding.level in {"weak", "bad"} for _, finding in found) else 0


@click.command("upgrade")
def db_upgrade() -> None:
    """Bring the state database to the newest schema."""
    settings = Settings.load()
    open_installation(settings).close()
    click.echo(t("cli.upgraded"), err=True)


@click.command("create")
@click.option("--scope", "scopes", multiple=True, required=True, help="<area>.read or <area>.write; repeatable.")
@click.option("--org", required=True, help="Code of the organisation.")
@click.option("--name", default="", help="What it is for.")
def token_create(scopes: tuple[str, ...], org: str, name: str) -> None:
    """Make an API token; it is shown once."""
    from soc.identity.tokens import create_token
    from soc.installation import is_demo

    with at_desk() as desk, desk.write() as (session, actor):
        made = create_token(session, actor, org, scopes, name=name, demo=is_demo(session))
    print_json({"token": made.token, "org": made.org, "scopes": list(made.scopes)})


@click.command()
@click.argument("name", required=False)
@click.option("--people", type=click.IntRange(100, 20_000), help="Of leaks: how many people work in the province.")
@click.option("--days", type=click.IntRange(20, 200), help="Of leaks: how many days they work.")
@click.option("--seeds", type=click.IntRange(1, 50), help="Of leaks: how many provinces are tried.")
@click.option("--budget", type=click.IntRange(1, 1_000), help="Of leaks: alerts looked at a day.")
@click.option("--json", "as_json", is_flag=True)
def bench(name: str | None, as_json: bool, **numbers: int | None) -> None:
    """Measure one thing as a ratio to its limit or a peer, in the same run."""
    benches = {one.name: one for room in rooms() for one in room.benches}
    if name is None:
        for known in sorted(benches):
            click.echo(known)
        return
    if name not in benches:
        raise NotFoundError("errors.bench_unknown")
    given = {option: number for option, number in numbers.items() if number is not None}
    if strange := sorted(set(given) - set(benches[name].takes)):
        raise InputError("errors.bench_option", name=name, options=", ".join(f"--{one}" for one in strange))
    before = os.getloadavg()[0]
    result = resolve(benches[name].run)(Settings.load(), **given)
    # what else ran on the machine is in every figure of time: the minute before, and the last one
    result |= {"load": [round(before, 1), round(os.getloadavg()[0], 1)]}
    if as_json:
        print_json(result)
        return
    for key, value in result.items():
        click.echo(f"{key}: {value}")


@click.command("users")
def demo_users() -> None:
    """List the demo's persons with their passwords, a JSON line each."""
    from dataclasses import asdict

    from soc.demo.staff import demo_users as known

    for user in known(Settings.load()):
        print_json(asdict(user))
