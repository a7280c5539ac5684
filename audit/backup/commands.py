"""``soc backup`` and ``soc restore``."""

from pathlib import Path

import click

from audit.backup.service import backup, restore
from audit.trail.verify import checkpoint_json
from config.settings import Settings
from soc.desk import at_desk, print_json
from soc.text import t
from soc.trail import Act, Subject, record


@click.command("backup")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the keys out: keep them apart, and give them to restore.")
@click.option("--json", "as_json", is_flag=True)
def backup_command(dest: Path, without_keys: bool, as_json: bool) -> None:
    """Save the whole installation into one file, also beside a running server."""
    with at_desk() as desk:
        with desk.write() as (session, actor):
            # the deed is in the backup itself
            record(session, actor, Act.BACKUP_MADE, Subject("backups", dest.name), after={"keys": not without_keys})
        saved = backup(desk.database, desk.settings, dest, with_keys=not without_keys)
    if as_json:
        print_json(
            {"path": str(dest), "files": saved.files, "bytes": saved.bytes, "size": saved.size, "root": saved.root}
        )
    else:
        click.echo(t("backup.made", path=str(dest), files=saved.files, size=saved.size, root=saved.root[:16]))
    if saved.with_keys:
        click.echo(t("backup.keys_warning"), err=True)


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The keys folder, kept apart."
)
@click.option("--json", "as_json", is_flag=True)
def restore_command(source: Path, keys: Path | None, as_json: bool) -> None:
    """Make the installation again in a new SOC_HOME, and prove its trail."""
    settings = Settings.load()
    verdict = restore(settings, source, keys=keys)
    with at_desk() as desk, desk.write() as (session, actor):
        record(session, actor, Act.SYSTEM_RESTORED, Subject("backups", source.name), after={"entries": verdict.entries})
    checkpoint = None if verdict.checkpoint is None else checkpoint_json(verdict.checkpoint)
    if as_json:
        print_json({"home": str(settings.home), "ok": verdict.ok, "entries": verdict.entries, "checkpoint": checkpoint})
    else:
        root = "-" if checkpoint is None else str(checkpoint["root"])[:16]
        click.echo(t("backup.restored", home=str(settings.home), entries=verdict.entries, root=root))
