"""``soc grading``: show, check, diff, propose, approve, rollback."""

import difflib
from pathlib import Path
from typing import Any

import click
import yaml

from soc.clock import now
from soc.desk import at_desk, print_json
from soc.text import t
from soc.versions.values import Problem

_ROOT = "440000"
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_org = click.option("--org", default=_ROOT, show_default=True, help="Code of the organisation whose policy it is.")
_json = click.option("--json", "as_json", is_flag=True)


@click.command()
@click.argument("version", type=int, required=False)
@_org
@_json
def show(version: int | None, org: str, as_json: bool) -> None:
    """Print the policy in force, or one version of it, as YAML."""
    from policies.grading.policy import KIND
    from policies.grading.service import active_body
    from soc.versions.service import find_version

    with at_desk() as desk, desk.read() as (session, actor):
        found = find_version(session, actor, KIND, org, version).body if version else active_body(session, org)
        body = dict(found)
    if as_json:
        print_json(body)
    else:
        click.echo(_as_yaml(body), nl=False)


def _as_yaml(body: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
    return text


@click.command()
@_file
@_json
def check(file: Path, as_json: bool) -> int:
    """Say everything that is wrong with a policy file."""
    from policies.grading.policy import check_body, read_policy

    problems = check_body(read_policy(file))
    _print_problems(problems, as_json=as_json)
    return 1 if problems else 0


def _print_problems(problems: list[Problem], *, as_json: bool) -> None:
    told = [{"path": one.path, "code": one.code, "message": t(one.code, **one.params)} for one in problems]
    if as_json:
        print_json({"ok": not problems, "problems": told})
        return
    for one in told:
        click.echo(f"{one['path']}: {one['message']}")
    if not told:
        click.echo(t("grading.good"))


@click.command()
@_file
@_org
@_json
def diff(file: Path, org: str, as_json: bool) -> int:
    """Show how a policy file differs from the one in force, and what it would change in the ledger."""
    from policies.grading.policy import check_body, read_policy
    from policies.grading.service import active_body, what_if

    body = read_policy(file)
    problems = check_body(body)
    if problems:
        _print_problems(problems, as_json=as_json)
        return 1
    with at_desk() as desk, desk.read() as (session, actor):
        current = dict(active_body(session, org))
        effect = what_if(session, actor, current, body)
    old, new = _as_yaml(current).splitlines(), _as_yaml(body).splitlines()
    lines = list(difflib.unified_diff(old, new, lineterm="", n=0))
    moves = [{"org": one.org, "before": one.before, "after": one.after, "items": one.items} for one in effect.moves]
    if as_json:
        print_json({"diff": lines, "items": effect.items, "changed": effect.changed, "moves": moves})
    else:
        click.echo(
            "\n".join([*lines, *(f"{one['org']}: {one['before']} → {one['after']}  {one['items']}" for one in moves)])
        )
    return 0


@click.command()
@_file
@_org
@click.option("--reason", default="soc grading propose", help="Why; the second person reads it.")
def propose(file: Path, org: str, reason: str) -> None:
    """Propose a policy file; a second person has to approve it."""
    from policies.grading.policy import read_policy
    from policies.grading.service import propose_policy

    body = read_policy(file)
    with at_desk() as desk, desk.write() as (session, actor):
        number = propose_policy(session, actor, org, body, reason=reason).number
    click.echo(t("grading.proposed", number=number), err=True)
    print_json({"version": number, "status": "proposed"})


@click.command()
@click.argument("version", type=int)
@_org
@click.option("--note", default="")
def approve(version: int, org: str, note: str) -> None:
    """Put a proposed version in force, as somebody else than its proposer."""
    from policies.grading.service import waiting_approval
    from soc.approvals.service import approve as agree

    with at_desk() as desk, desk.write() as (session, actor):
        agree(session, actor, waiting_approval(session, actor, version, org).id, at=now(), note=note)
    click.echo(t("grading.approved", number=version), err=True)
    print_json({"version": version, "status": "active"})


@click.command()
@click.argument("version", type=int)
@_org
@click.option("--reason", default="soc grading rollback")
def rollback(version: int, org: str, reason: str) -> None:
    """Propose an earlier version again, as a new one."""
    from policies.grading.policy import KIND
    from soc.versions.service import roll_back

    with at_desk() as desk, desk.write() as (session, actor):
        number = roll_back(session, actor, KIND, org, version, reason=reason).payload["number"]
    click.echo(t("grading.proposed", number=number), err=True)
    print_json({"version": number, "status": "proposed"})
