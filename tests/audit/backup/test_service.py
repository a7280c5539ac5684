"""An installation is saved and made again, on both engines, and its trail proves that it is the same."""

import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, make_url, select, text

from audit.backup.archive import ArchiveError
from audit.backup.service import backup, restore
from audit.trail.verify import verify
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.errors import ConflictError
from soc.identity.actors import operator_actor
from soc.identity.tokens import create_token
from soc.tiers.models import Organisation
from soc.trail import Act, Subject, TrailEntry, record
from tests.conftest import as_owner

SQLITE_ALONE = pytest.mark.parametrize("engine_name", ["sqlite"])
Edit = Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def filled(database: Database) -> Database:
    """A state with some deeds, a token, and files of every folder."""
    with database.write() as session:
        actor = operator_actor(session)
        create_token(session, actor, "440100", ("read",), name="接口", demo=False)
        for number in range(5):
            record(session, actor, Act.ALERT_CLOSED, Subject("alerts", f"{number}"), after={"n": number})
    for name in (
        "spool/1.seg",
        "sealed/a/b.bin",
        "evidence/e.zip",
        "logs.delta/t/_delta_log/0.json",
        "logs.delta/t/p.parquet",
    ):
        path = database.settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return database


@pytest.fixture
def target(engine_name: str, tmp_path: Path) -> Iterator[Settings]:
    """The settings of an installation that is not there yet."""
    settings = Settings.load({"SOC_HOME": str(tmp_path / "again")})
    if engine_name == "sqlite":
        yield settings
        return
    server, name = os.environ["SOC_TEST_POSTGRES_URL"], f"restored_{uuid4().hex[:10]}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    yield settings.with_changes(database_url=url)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def saved(filled: Database, tmp_path: Path) -> Path:
    backup(filled, filled.settings, tmp_path / "backup.tar", with_keys=True)
    return tmp_path / "backup.tar"


def test_what_was_saved_comes_back_whole(filled: Database, saved: Path, target: Settings) -> None:
    verdict = restore(target, saved, keys=None)
    assert verdict.ok
    assert verdict.entries == 6
    everything = Database.open(target).acting_for(SystemPath.OPERATOR)
    with closing(everything), everything.read() as new, filled.read() as old:
        count = select(func.count()).select_from(Organisation)
        assert new.scalar(count) == old.scalar(count)
        seals = select(TrailEntry.seal).order_by(TrailEntry.id)
        assert new.scalars(seals).all() == old.scalars(seals).all()
    assert (target.home / "sealed/a/b.bin").read_bytes() == b"sealed/a/b.bin"
    assert (target.home / "logs.delta/t/p.parquet").exists()


def test_the_trail_goes_on_after_a_restore(saved: Path, target: Settings) -> None:
    restore(target, saved, keys=None)
    with closing(Database.open(target).acting_for(SystemPath.OPERATOR)) as again:
        with again.write() as session:
            record(session, operator_actor(session), Act.SYSTEM_RESTORED, Subject("backups", "b"))
        assert verify(again, target).as_json()["entries"] == 7
        assert verify(again, target).ok


def test_keys_kept_apart_are_given_back(filled: Database, target: Settings, tmp_path: Path) -> None:
    backup(filled, filled.settings, tmp_path / "bare.tar", with_keys=False)
    with tarfile.open(tmp_path / "bare.tar") as tar:
        assert [name for name in tar.getnames() if name.startswith("keys")] == []
    shutil.copytree(filled.settings.home / "keys", tmp_path / "apart")
    with pytest.raises(ArchiveError, match="keys_missing"):
        restore(target, tmp_path / "bare.tar", keys=None)
    assert restore(target, tmp_path / "bare.tar", keys=tmp_path / "apart").ok


def test_a_broken_trail_is_not_saved(filled: Database, tmp_path: Path) -> None:
    with as_owner(filled) as connection:
        connection.execute(text("UPDATE trail_entries SET act = 'x' WHERE id = 2"))
    with pytest.raises(ConflictError, match="trail_broken"):
        backup(filled, filled.settings, tmp_path / "backup.tar", with_keys=True)
    assert not (tmp_path / "backup.tar").exists()


def test_a_home_that_exists_is_left_alone(saved: Path, target: Settings) -> None:
    target.home.mkdir()
    (target.home / "mine").write_text("mine")
    with pytest.raises(ConflictError, match="home_exists"):
        restore(target, saved, keys=None)
    assert [path.name for path in target.home.iterdir()] == ["mine"]


def test_a_backup_that_exists_is_left_alone(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_bytes(b"mine")
    with pytest.raises(ConflictError, match="exists"):
        backup(filled, filled.settings, tmp_path / "backup.tar", with_keys=True)


def edited(archive: Path, change: Edit) -> Path:
    """Write an archive anew, each member through ``change``."""
    made = archive.with_name("edited.tar")
    with tarfile.open(archive) as old, tarfile.open(made, "w") as new:
        for member in old:
            file = old.extractfile(member)
            info, data = change(member, file.read() if file else b"")
            info.size = len(data) if info.isreg() else 0
            new.addfile(info, io.BytesIO(data))
    return made


def renamed(name: str) -> Edit:
    """Give a file another name, in the manifest as well."""

    def change(member: tarfile.TarInfo, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "spool/1.seg":
            member.name = name
        if member.name == "manifest.json":
            said = json.loads(data)
            said["files"][name] = said["files"].pop("spool/1.seg")
            data = json.dumps(said).encode()
        return member, data

    return change


@SQLITE_ALONE
@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../escaped", "..", "a\\..\\b"])
def test_no_member_leads_outside(saved: Path, target: Settings, name: str) -> None:
    with pytest.raises(ArchiveError, match="unsafe"):
        restore(target, edited(saved, renamed(name)), keys=None)
    assert not target.home.exists()
    assert not (target.home.parent / "escaped").exists()


@SQLITE_ALONE
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(saved: Path, target: Settings, kind: bytes) -> None:
    def change(member: tarfile.TarInfo, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "spool/1.seg":
            member.type, member.linkname = kind, "/etc/passwd"
        return member, data

    with pytest.raises(ArchiveError):
        restore(target, edited(saved, change), keys=None)
    assert not target.home.exists()


@SQLITE_ALONE
def test_an_altered_file_is_refused(saved: Path, target: Settings) -> None:
    def change(member: tarfile.TarInfo, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
        return member, data.upper() if member.name == "sealed/a/b.bin" else data

    with pytest.raises(ArchiveError, match="altered"):
        restore(target, edited(saved, change), keys=None)
    assert not target.home.exists()


@SQLITE_ALONE
def test_a_cut_backup_is_refused(saved: Path, target: Settings) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: len(data) // 2])
    with pytest.raises(ArchiveError):
        restore(target, saved, keys=None)


@SQLITE_ALONE
def test_something_else_is_no_backup(target: Settings, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no tar at all" * 100)
    with pytest.raises(ArchiveError, match="no_archive"):
        restore(target, tmp_path / "x", keys=None)
