"""``soc keys status|rotate``."""

import click

from policies.keys.service import ask, rotate, status
from soc.crypto import ring_of
from soc.desk import at_desk, print_json
from soc.installation import is_demo
from soc.text import t


@click.command("status")
@click.option("--json", "as_json", is_flag=True)
def status_command(as_json: bool) -> None:
    """List the keys: purpose, id, since when, and whether they still seal."""
    with at_desk() as desk:
        keys = status(ring_of(desk.settings))
    for key in keys:
        if as_json:
            print_json({"purpose": key.purpose, "id": key.id, "created": key.created, "active": key.active})
        else:
            state = t("keys.active") if key.active else t("keys.retired")
            click.echo(f"{key.purpose}\t{key.id}\t{key.created}\t{state}")


@click.command("rotate")
@click.argument("purpose")
@click.option("--reason", default="", help="Why; the second person reads it.")
@click.option("--json", "as_json", is_flag=True)
def rotate_command(purpose: str, reason: str, as_json: bool) -> None:
    """Propose a new key for PURPOSE (or master); a second person decides. A demo installation rotates at once."""
    with at_desk() as desk, desk.write() as (session, actor):
        if is_demo(session):
            said = {"status": "rotated", "purpose": purpose, "key": rotate(session, actor, purpose)}
            text = t("keys.rotated", purpose=purpose, key=said["key"])
        else:
            approval = ask(session, actor, purpose, reason=reason or t("keys.reason"))
            said = {"status": "proposed", "purpose": purpose, "approval": str(approval.id)}
            text = t("keys.proposed", purpose=purpose, approval=said["approval"])
    if as_json:
        print_json(said)
    else:
        click.echo(text)
