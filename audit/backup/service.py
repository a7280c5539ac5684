"""Saving an installation and making it again.

Order matters beside a running server. The trail's log goes first, so that the rows saved after it
hold all of it; then the state; then the spool and the log store, its journal before its data: what
the journal names is never removed within the hour. The keys go last, or not at all.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.backup import rows
from audit.backup.archive import ArchiveError, Writer, read_manifest, unpack
from audit.trail.integrator import integrate
from audit.trail.log import MerkleLog
from audit.trail.verify import Verdict, verify
from config.settings import Settings
from soc import sqlite
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database, Model
from soc.errors import ConflictError
from soc.migrate import newest, upgrade
from soc.registry import load_models

STATE = "state.db"
TABLES = "state"
#: folders of the home that are saved; "work" is scratch
FOLDERS = ("spool", "sealed", "evidence", "exports", "witnessed")
LOGS = "logs.delta"
_PASSING = (".lock", ".part", "-shm", "-wal")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds."""

    files: int
    bytes: int
    size: int
    root: str
    with_keys: bool


def backup(database: Database, settings: Settings, dest: Path, *, with_keys: bool) -> Saved:
    """Write the whole installation into one new file.

    Raises:
        ConflictError: the file exists, or the trail is not whole: a backup of it would prove nothing.
    """
    if dest.exists():
        raise ConflictError("errors.backup.exists", path=str(dest))
    integrate(database, settings)
    verdict = _proven(verify(database, settings))
    aside = dest.with_name(f".{dest.name}.part")
    try:
        with aside.open("xb") as file, tarfile.open(fileobj=file, mode="w:") as tar:
            aside.chmod(0o600)
            writer = Writer(tar)
            _save(database, settings, writer, with_keys=with_keys)
            facts = _facts(database, verdict)
            writer.finish(facts)
        aside.rename(dest)
    finally:
        aside.unlink(missing_ok=True)
    sizes = [one["size"] for one in writer.files.values()]
    return Saved(len(sizes), sum(sizes), facts["trail"]["size"], facts["trail"]["root"], with_keys)


def restore(settings: Settings, source: Path, *, keys: Path | None) -> Verdict:
    """Make the installation again in a home that is not there yet, and prove its trail.

    Raises:
        ArchiveError: not a backup, cut, altered, or without keys where none are given.
        ConflictError: there is a home or a state already, or the trail is not what was saved.
    """
    manifest = read_manifest(source)
    _check_target(settings, manifest, keys)
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{settings.home.name}.", dir=settings.home.parent))
    try:
        unpack(source, manifest, aside)
        if keys is not None:
            shutil.copytree(keys, aside / "keys")
            (aside / "keys").chmod(0o700)
        if settings.home.exists():
            settings.home.rmdir()
        aside.rename(settings.home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _revive(settings, manifest)


def _save(database: Database, settings: Settings, writer: Writer, *, with_keys: bool) -> None:
    home = settings.home
    with MerkleLog.of(settings).locked():
        for path in _files(home / "tlog"):
            writer.add_file(path, _name(path, home))
    _save_state(database, writer)
    for folder in FOLDERS:
        for path in _files(home / folder):
            writer.add_file(path, _name(path, home))
    # the journal is listed first, and what it names is read after it
    for path in sorted(_files(home / LOGS), key=lambda path: ("_delta_log" not in path.parts, path)):
        writer.add_file(path, _name(path, home))
    if (home / "soc.toml").exists():
        writer.add_file(home / "soc.toml", "soc.toml")
    if with_keys:
        for path in _files(home / "keys"):
            writer.add_file(path, _name(path, home))


def _save_state(database: Database, writer: Writer) -> None:
    with tempfile.TemporaryDirectory(prefix="guanlan-backup-") as scratch:
        if database.is_sqlite:
            _online_copy(Path(str(database.engine.url.database)), Path(scratch) / STATE)
            writer.add_file(Path(scratch) / STATE, STATE)
            return
        load_models()
        whole = database.acting_for(SystemPath.BACKUP)
        with whole.connect(isolation_level="REPEATABLE READ") as snapshot:
            for table in Model.metadata.sorted_tables:
                path = Path(scratch) / "rows"
                with path.open("wb") as file:
                    rows.write_table(snapshot, table, file)
                writer.add_file(path, f"{TABLES}/{table.name}.jsonl")


def _online_copy(source: Path, dest: Path) -> None:
    driver = sqlite.driver()
    with closing(driver.connect(source, timeout=30)) as reading, closing(driver.connect(dest)) as writing:
        reading.backup(writing, pages=4096)


def _facts(database: Database, verdict: Verdict) -> dict[str, Any]:
    checkpoint = verdict.checkpoint
    trail = {
        "entries": verdict.entries,
        "size": 0 if checkpoint is None else checkpoint.size,
        "root": "" if checkpoint is None else checkpoint.root.hex(),
    }
    engine = "sqlite" if database.is_sqlite else "postgresql"
    return {"made_at": now().isoformat(timespec="seconds"), "engine": engine, "schema": newest(), "trail": trail}


def _check_target(settings: Settings, manifest: dict[str, Any], keys: Path | None) -> None:
    home = settings.home
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise ConflictError("errors.backup.home_exists", path=str(home))
    saved_keys = any(name.startswith("keys/") for name in manifest["files"])
    if saved_keys == (keys is not None):
        raise ArchiveError("errors.backup.keys_twice" if saved_keys else "errors.backup.keys_missing")
    with closing(Database.open_as_owner(settings)) as database:
        engine = "sqlite" if database.is_sqlite else "postgresql"
        if engine != manifest["engine"]:
            raise ConflictError("errors.backup.engine", saved=manifest["engine"], here=engine)
        if database.is_sqlite and Path(str(database.engine.url.database)).exists():
            raise ConflictError("errors.backup.home_exists", path=str(database.engine.url.database))
        if not database.is_sqlite:
            _check_empty(database, manifest)


def _check_empty(database: Database, manifest: dict[str, Any]) -> None:
    from sqlalchemy import inspect

    if inspect(database.engine).get_table_names():
        raise ConflictError("errors.backup.state_exists")
    if manifest["schema"] != newest():
        raise ConflictError("errors.backup.schema", saved=str(manifest["schema"]), here=str(newest()))


def _revive(settings: Settings, manifest: dict[str, Any]) -> Verdict:
    if manifest["engine"] == "postgresql":
        upgrade(settings)
    with closing(Database.open(settings)) as database:
        if database.is_sqlite:
            _place_state(settings.home / STATE, Path(str(database.engine.url.database)))
        else:
            _load_state(database, settings)
        verdict = verify(database, settings)
        same = verdict.ok and _same_root(settings, manifest["trail"])
    if not same:
        raise ConflictError("errors.backup.trail_differs")
    return verdict


def _place_state(unpacked: Path, wanted: Path) -> None:
    if unpacked.resolve() != wanted.resolve():
        wanted.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(unpacked, wanted)


def _load_state(database: Database, settings: Settings) -> None:
    load_models()
    folder = settings.home / TABLES
    with database.acting_for(SystemPath.BACKUP).connect() as connection:
        for table in Model.metadata.sorted_tables:
            path = folder / f"{table.name}.jsonl"
            if path.exists():
                with path.open("rb") as file:
                    rows.read_table(connection, table, file)
        rows.set_sequences(connection, Model.metadata)
        connection.commit()
    shutil.rmtree(folder)


def _same_root(settings: Settings, said: dict[str, Any]) -> bool:
    if not said["size"]:
        return True
    return MerkleLog.of(settings).root(int(said["size"])).hex() == str(said["root"])


def _proven(verdict: Verdict) -> Verdict:
    if not verdict.ok:
        raise ConflictError("errors.backup.trail_broken")
    return verdict


def _files(folder: Path) -> Iterator[Path]:
    """Yield the plain files below a folder, but for those that only matter while a process runs."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and not path.name.endswith(_PASSING):
            yield path


def _name(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix()
