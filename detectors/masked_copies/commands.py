"""``soc mask``, ``soc encrypt``, ``soc decrypt``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from detectors.masked_copies.ciphers import STORAGE, ColumnOrder, encryption
from detectors.masked_copies.copying import CopyOrder, bare_facts, copy_planned, make_copy
from detectors.masked_copies.opening import ask, open_copy, tell
from policies.protection.copies.database import CopiedTable
from policies.protection.copies.plan import Place, Plan, TableFact
from policies.protection.service import policy_from
from soc.crypto import Cipher, ring_of
from soc.desk import Desk, at_desk, print_json
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.installation import is_demo
from soc.ledger.sources import find_source, is_url, shown_address, url_of
from soc.text import t
from soc.trail import Act, Subject, record

_CIPHERS = {"sm4": Cipher.SM4_GCM, "aes": Cipher.AES_256_GCM}
PURPOSE = "analysis"


@click.command()
@click.argument("source")
@click.argument("dest")
@click.option("--policy", "named", help="A YAML file, or default; the one in force where left out.")
@click.option("--purpose", default=PURPOSE, help="What the copy is for: analysis, testing, sharing …")
@click.option("--json", "as_json", is_flag=True)
def mask(source: str, dest: str, named: str | None, purpose: str, as_json: bool) -> None:
    """Copy a database, a file or a folder with every sensitive value masked; its joins still work."""
    with at_desk() as desk:
        with desk.read() as (session, actor):
            policy = policy_from(session, actor.org, named)
            location = _location(session, actor, desk, source)
        if purpose not in policy.purposes:
            raise InputError("errors.protection.purpose", purpose=purpose, known=", ".join(policy.purposes))
        copied = make_copy(CopyOrder(location, dest, policy, purpose), ring_of(desk.settings), told=_told)
        said = {"purpose": purpose, "policy": policy.title, **_counts(copied.tables)}
        _record(desk, Act.MASKED_COPY_MADE, "masked_copies", location, dest, said)
    skipped = [one.as_dict() for one in copied.skipped]
    _print(
        {"source": shown_address(location), "dest": shown_address(dest), "purpose": purpose},
        copied.tables,
        skipped,
        as_json,
    )


@click.command()
@click.argument("source")
@click.argument("dest")
@click.option("--column", "columns", multiple=True, required=True, help="table.column, or column; repeatable.")
@click.option("--cipher", type=click.Choice(list(_CIPHERS)), default="sm4")
@click.option("--purpose", default=STORAGE, help="Values open for the same purpose alone.")
@click.option("--json", "as_json", is_flag=True)
def encrypt(source: str, dest: str, columns: tuple[str, ...], cipher: str, purpose: str, as_json: bool) -> None:
    """Copy a database, a file or a folder with some columns encrypted."""
    orders = [ColumnOrder.parse(one) for one in columns]

    def planned(tables: Sequence[TableFact], links: Sequence[tuple[Place, Place]]) -> Plan:
        return encryption(tables, orders, _CIPHERS[cipher], purpose)

    with at_desk() as desk:
        with desk.read() as (session, actor):
            location = _location(session, actor, desk, source)
        tables = copy_planned(location, dest, bare_facts(location), planned, ring_of(desk.settings), told=_told)
        said = {"purpose": purpose, "cipher": cipher, "columns": list(columns), **_counts(tables)}
        _record(desk, Act.DATA_ENCRYPTED, "encrypted_copies", location, dest, said)
    _print({"source": shown_address(location), "dest": shown_address(dest), "purpose": purpose}, tables, [], as_json)


@click.command()
@click.argument("source")
@click.argument("dest")
@click.option("--purpose", default=STORAGE)
@click.option("--reason", default="", help="Why; the second person reads it.")
@click.option("--json", "as_json", is_flag=True)
def decrypt(source: str, dest: str, purpose: str, reason: str, as_json: bool) -> None:
    """Ask for an encrypted copy to be opened; a second person decides. A demo installation opens it at once."""
    with at_desk() as desk:
        with desk.write() as (session, actor):
            if not is_demo(session):
                # the worker runs elsewhere: it needs paths that hold there, too
                why = reason or t("protection.decrypt_reason")
                approval = ask(session, actor, _absolute(source), _absolute(dest), purpose, reason=why)
                said = {"status": "proposed", "approval": str(approval.id)}
            else:
                said = {}
        if said:
            print_json(said) if as_json else click.echo(t("protection.decrypt_proposed", approval=said["approval"]))
            return
        tables = open_copy(desk.settings, source, dest, purpose)
        with desk.write() as (session, actor):
            tell(session, actor, source, tables)
    _print({"source": shown_address(source), "dest": shown_address(dest), "purpose": purpose}, tables, [], as_json)


def _absolute(place: str) -> str:
    return place if is_url(place) else str(Path(place).resolve())


def _location(session: Session, actor: Actor, desk: Desk, source: str) -> str:
    """Return what ``source`` means: a URL, a path, or the name of a registered source."""
    if is_url(source) or Path(source).exists():
        return source
    try:
        return url_of(desk.settings, find_source(session, actor, source))
    except NotFoundError:
        raise InputError("errors.protection.no_source", source=source) from None


def _record(desk: Desk, act: Act, kind: str, source: str, dest: str, said: dict[str, Any]) -> None:
    after = {"source": shown_address(source), "dest": shown_address(dest), **said}
    with desk.write() as (session, actor):
        record(session, actor, act, Subject(kind, Path(shown_address(dest)).name), after=after)


def _counts(tables: Sequence[CopiedTable]) -> dict[str, int]:
    return {"tables": len(tables), "rows": sum(table.rows for table in tables)}


def _told(name: str) -> None:
    click.echo(t("protection.copying", table=name), err=True)


def _print(head: dict[str, Any], tables: Sequence[CopiedTable], skipped: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        listed = [{"name": one.name, "rows": one.rows, "columns": list(one.columns)} for one in tables]
        print_json({**head, "tables": listed, "skipped": skipped})
        return
    for table in tables:
        click.echo(t("protection.copied", table=table.name, rows=table.rows))
        for column in table.columns:
            if column["operator"] not in {"clear", "scrub"}:
                click.echo(
                    f"  {column['name']}\t{column['type'] or '-'}\t{t('protection.operator.' + str(column['operator']))}"
                )
    for one in skipped:
        click.echo(t("protection.skipped", path=one["path"], reason=one["reason"]))
