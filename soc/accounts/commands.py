"""``soc account list | mark``."""

import click

from soc.desk import at_desk, print_json


@click.command("list")
def list_() -> None:
    """List the accounts that applications work under, one JSON line each."""
    from soc.accounts.service import as_json, service_accounts

    with at_desk() as desk, desk.read() as (session, actor):
        found = service_accounts(session, actor)
    for one in found:
        print_json(as_json(one))


@click.command("mark")
@click.argument("name")
@click.option("--org", required=True, help="Code of the organisation whose logs name the account.")
@click.option("--application", default="", help="What the application is called.")
@click.option("--off", is_flag=True, help="No application works under it any more.")
def mark(name: str, org: str, application: str, off: bool) -> None:
    """Say that an application works under the account NAME, so that its statements are attributed to who asked."""
    from soc.accounts.service import ServiceMark, as_json, mark_service

    given = ServiceMark(org, name, not off, application)
    with at_desk() as desk, desk.write() as (session, actor):
        account = mark_service(session, actor, given)
        told = as_json(ServiceMark(account.org, account.name, account.is_service, account.application))
    print_json(told)
