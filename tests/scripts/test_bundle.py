"""The offline installer: what it packs, and what it refuses to install."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = f"py{sys.version_info.major}{sys.version_info.minor}"


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "scripts" / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bundle"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def unpacked(bundle: ModuleType, tmp_path: Path) -> Path:
    """An unpacked bundle with one wheel, its sums right."""
    folder = tmp_path / f"guanlan-1.0-linux-x86_64-{PYTHON}"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "one-1-py3-none-any.whl").write_bytes(b"one")
    shutil.copy(ROOT / "scripts" / "bundle" / "install.sh", folder)
    (folder / "SHA256SUMS").write_text(bundle.check_sums(folder))
    return folder


def install(folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    command = ["bash", str(folder / "install.sh"), str(folder.parent / "installed")]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_every_package_of_the_lock_is_asked_for_with_its_hashes(bundle: ModuleType) -> None:
    lock = (ROOT / "requirements" / "runtime.txt").read_text()

    asked = list(bundle.requirements(lock))

    assert len(asked) == len(re.findall(r"^[A-Za-z0-9._-]+==", lock, re.MULTILINE))
    assert all("--hash=sha256:" in one.text for one in asked)


def test_the_same_files_make_the_same_archive(bundle: ModuleType, unpacked: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    bundle.pack(unpacked, first)
    (unpacked / "SHA256SUMS").touch()

    bundle.pack(unpacked, second)

    assert first.read_bytes() == second.read_bytes()


def test_only_the_installer_may_be_run(bundle: ModuleType, unpacked: Path, tmp_path: Path) -> None:
    archive = tmp_path / "one.tar.gz"
    bundle.pack(unpacked, archive)

    with tarfile.open(archive) as tar:
        modes = {Path(one.name).name: one.mode for one in tar if one.isfile()}

    assert modes == {"install.sh": 0o755, "SHA256SUMS": 0o644, "one-1-py3-none-any.whl": 0o644}


def test_a_changed_wheel_is_refused_before_anything_is_made(unpacked: Path) -> None:
    (unpacked / "wheels" / "one-1-py3-none-any.whl").write_bytes(b"two")

    done = install(unpacked)

    assert done.returncode == 1
    assert "not what it was" in done.stderr
    assert not (unpacked.parent / "installed").exists()


def test_a_wheel_that_the_sums_do_not_name_is_refused(unpacked: Path) -> None:
    (unpacked / "wheels" / "zero-1-py3-none-any.whl").write_bytes(b"zero")

    done = install(unpacked)

    assert done.returncode == 1
    assert "wheels/zero-1-py3-none-any.whl" in done.stderr
    assert not (unpacked.parent / "installed").exists()


def test_another_python_than_the_wheels_were_made_for_is_refused(bundle: ModuleType, unpacked: Path) -> None:
    other = unpacked.rename(unpacked.parent / "guanlan-1.0-linux-x86_64-py399")

    done = install(other)

    assert done.returncode == 1
    assert "Python 3.99" in done.stderr


def test_a_platform_without_wheels_is_named(bundle: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(bundle.BundleError, match="plan9-mips"):
        bundle.fetch(tmp_path, "plan9-mips")


def test_every_gap_that_the_page_lists_is_a_package_of_the_lock(bundle: ModuleType) -> None:
    page = (ROOT / "docs" / "offline.md").read_text()
    listed = set(re.findall(r"^\| ([a-z0-9-]+) \| (?:compiled|pure)", page, re.MULTILINE))

    assert listed
    assert listed <= {one.name for one in bundle.requirements((ROOT / "requirements" / "runtime.txt").read_text())}
