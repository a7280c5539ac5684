"""``soc audit verify|checkpoint|export``."""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import inspect

from audit.evidence import Evidence, gather, write_pack
from audit.trail.integrator import integrate
from audit.trail.log import MerkleLog
from audit.trail.notes import Note, NoteError, Verifier
from audit.trail.search import TrailSearch, who_is
from audit.trail.verify import Verdict, checkpoint_json, verify
from audit.trail.witness import Request, accept, request, witness, witness_key
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.desk import Desk, at_desk, print_json
from soc.errors import InputError
from soc.installation import open_installation
from soc.text import t
from soc.trail import Act, Subject, record

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify_command(as_json: bool) -> int:
    """Verify every entry of the trail; writes nothing."""
    settings = Settings.load()
    database = _as_it_lies(settings)
    try:
        verdict = verify(database, settings)
    finally:
        database.close()
    if as_json:
        print_json(verdict.as_json())
    else:
        _tell(verdict)
    return 0 if verdict.ok else 1


@click.command("checkpoint")
@click.option("--json", "as_json", is_flag=True, help="With the key and a proof: what a witness needs.")
@click.option("--since", type=int, default=0, help="Number of entries the witness saw last.")
@click.option("--cosign", type=FILE, help="Cosign the checkpoint that a centre below handed over.")
@click.option("--accept", "cosigned", type=FILE, help="Keep the cosignature that came back from above.")
def checkpoint_command(as_json: bool, since: int, cosign: Path | None, cosigned: Path | None) -> None:
    """Print the signed state of the trail, or exchange it with a witness."""
    with at_desk() as desk:
        if cosign is not None:
            _cosign(desk, cosign)
        elif cosigned is not None:
            _accept(desk, cosigned)
        else:
            _print(desk, since, as_json)


@click.command("export")
@click.argument("dest", type=click.Path(path_type=Path), required=False)
@click.option("--since", type=click.DateTime(), help="From this time on, Asia/Shanghai.")
@click.option("--until", type=click.DateTime(), help="Before this time.")
@click.option("--act", help="One act (alert.closed) or all of a thing (alert).")
@click.option("--who", help="Id or login name of who did it.")
@click.option("--thing", help="Id of what it was done to.")
@click.option("--details", is_flag=True, help="With before, after and note, which may name persons.")
@click.option("--json", "as_json", is_flag=True)
def export_command(
    dest: Path | None,
    since: datetime | None,
    until: datetime | None,
    act: str | None,
    who: str | None,
    thing: str | None,
    details: bool,
    as_json: bool,
) -> None:
    """Write entries with their proofs into a pack that verifies itself offline.

    Without DEST the pack is named after the time, or, with --json, its contents are printed.
    """
    if dest is None and not as_json:
        dest = Path(f"guanlan-trail-{now():%Y%m%d-%H%M%S}.zip")
    if dest is not None and dest.exists():
        raise InputError("errors.trail.exists", path=str(dest))
    with at_desk() as desk:
        integrate(desk.database, desk.settings)
        with desk.write() as (session, actor):
            ids = who_is(session, actor, who) if who else ()
            moments = (_local(desk.settings, since), _local(desk.settings, until))
            search = TrailSearch(*moments, act=act, who=ids, thing=thing)
            evidence = gather(session, actor, desk.settings, search, details=details)
            if dest is not None:
                write_pack(dest, evidence)
            said = {"entries": len(evidence.entries), "size": evidence.checkpoint.size, "details": details}
            record(session, actor, Act.TRAIL_EXPORTED, Subject("trail", evidence.checkpoint.origin), after=said)
    _tell_exported(dest, evidence, as_json)


def _tell_exported(dest: Path | None, evidence: Evidence, as_json: bool) -> None:
    count = len(evidence.entries)
    if dest is None:
        print_json(evidence.as_json())
    elif as_json:
        print_json({"path": str(dest), "count": count, "checkpoint": checkpoint_json(evidence.checkpoint)})
    else:
        click.echo(t("trail.exported", count=count, path=str(dest)))


def _as_it_lies(settings: Settings) -> Database:
    """Open the state without touching it; only where there is none yet is one made."""
    return open_installation(settings) if _is_fresh(settings) else Database.open(settings)


def _is_fresh(settings: Settings) -> bool:
    with closing(Database.open_as_owner(settings)) as database:
        if database.is_sqlite:
            return not Path(str(database.engine.url.database)).exists()
        return not (settings.home / "tlog").exists() and not inspect(database.engine).has_table("trail_entries")


def _tell(verdict: Verdict) -> None:
    size = 0 if verdict.checkpoint is None else verdict.checkpoint.size
    first_bad = "-" if verdict.first_bad is None else verdict.first_bad
    click.echo(t("trail.verify_ok") if verdict.ok else t("trail.verify_bad", first_bad=first_bad))
    click.echo(t("trail.verify_entries", entries=verdict.entries, size=size))
    for problem in verdict.problems[:20]:
        click.echo(f"  {'' if problem.entry is None else problem.entry}\t{t(f'trail.problem.{problem.code}')}")
    for one in verdict.witnesses:
        key = "trail.witnessed" if one.ok else "trail.witness_broken"
        click.echo(f"  {t(key, name=one.name, size=one.size, at=f'{one.at:%Y-%m-%d %H:%M}Z')}")


def _print(desk: Desk, since: int, as_json: bool) -> None:
    integrate(desk.database, desk.settings)
    asked = request(MerkleLog.of(desk.settings), since)
    checkpoint = MerkleLog.of(desk.settings).checkpoint()
    if as_json and checkpoint is not None:
        print_json({**checkpoint_json(checkpoint), **asked.as_json()})
    else:
        click.echo(str(asked.note), nl=False)


def _cosign(desk: Desk, file: Path) -> None:
    asked = Request.from_json(file.read_bytes())
    note = witness(desk.settings, asked, at=now())
    with desk.write() as (session, actor):
        subject = Subject("checkpoints", asked.verifier.name)
        record(session, actor, Act.CHECKPOINT_COSIGNED, subject, after={"note": asked.note.text})
    print_json({"note": str(note), "vkey": witness_key(desk.settings).text})


def _accept(desk: Desk, file: Path) -> None:
    try:
        said = json.loads(file.read_bytes())
        note, verifier = Note.parse(said["note"]), Verifier.parse(said["vkey"])
    except (NoteError, ValueError, KeyError, TypeError) as error:
        raise InputError("errors.trail.request") from error
    kept = accept(MerkleLog.of(desk.settings), note, verifier)
    with desk.write() as (session, actor):
        subject = Subject("checkpoints", kept.name)
        record(session, actor, Act.CHECKPOINT_COSIGNED, subject, after={"size": kept.size, "key": verifier.text})
    click.echo(t("trail.accepted", name=kept.name, size=kept.size))


def _local(settings: Settings, moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=settings.timezone)
