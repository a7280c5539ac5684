"""Build the offline installer: ``python scripts/bundle.py [--to FOLDER] [--platform TAG]``.

One archive holds every wheel of ``requirements/runtime.txt``, the product's own wheel, the check sums of all of them
and ``install.sh``, which needs Python and nothing else. A package without a wheel is built here where it is pure
Python. For a foreign platform (``linux-aarch64``) what has no wheel is left out and listed in ``MISSING.txt``: the
product says at its start what to do about it (``docs/offline.md``).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "runtime.txt"
INSTALLER = ROOT / "scripts" / "bundle" / "install.sh"
#: what pip is asked for on 64-bit ARM, newest C library first
FOREIGN = {
    "linux-aarch64": ("manylinux_2_34_aarch64", "manylinux_2_28_aarch64", "manylinux_2_27_aarch64",
                      "manylinux_2_26_aarch64", "manylinux_2_24_aarch64", "manylinux_2_17_aarch64",
                      "manylinux2014_aarch64"),
}  # fmt: skip
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)")


class BundleError(Exception):
    """The bundle cannot be built; the text says why."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One block of the lock: the package, its version, and the whole text with its hashes."""

    name: str
    version: str
    text: str


def requirements(lock: str) -> Iterator[Requirement]:
    """Yield the packages of a hashed requirement file, in its order."""
    block: list[str] = []
    for line in [*lock.splitlines(), "end==0"]:
        found = _PINNED.match(line)
        if found and block:
            name, version = _PINNED.match(block[0]).groups()  # type: ignore[union-attr]
            yield Requirement(name, version, "\n".join(block) + "\n")
            block = []
        if found or block:
            block.append(line)


def platform_here() -> str:
    """Return this machine's platform as the archive's name says it."""
    return sysconfig.get_platform().replace("_", "-").replace("linux-x86-64", "linux-x86_64")


def fetch(folder: Path, platform: str) -> list[Requirement]:
    """Put the wheels of every package into ``folder``; return the packages that have none for the platform.

    Raises:
        BundleError: a package cannot be had at all, or its hash is not the lock's.
    """
    if platform == platform_here():
        _pip("wheel", "--require-hashes", "-r", str(LOCK), "--wheel-dir", str(folder))
        return []
    if platform not in FOREIGN:
        raise BundleError(f"no wheels are known for {platform}; there are {', '.join([platform_here(), *FOREIGN])}")
    return [one for one in requirements(LOCK.read_text("utf-8")) if not _fetch_foreign(one, folder, platform)]


def _fetch_foreign(one: Requirement, folder: Path, platform: str) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "one.txt"
        wanted.write_text(one.text, encoding="utf-8")
        tags = [word for tag in FOREIGN[platform] for word in ("--platform", tag)]
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        command = ["--require-hashes", "-r", str(wanted), "--only-binary=:all:", *tags, "--python-version", version]
        try:
            _pip("download", *command, "--implementation", "cp", "--dest", str(folder))
        except BundleError:
            return _build_pure(wanted, Path(scratch), folder)
    return True


def _build_pure(wanted: Path, scratch: Path, folder: Path) -> bool:
    """Build a package that is published as source only; what turns out to be compiled is of no use elsewhere."""
    try:
        _pip("wheel", "--require-hashes", "-r", str(wanted), "--wheel-dir", str(scratch))
    except BundleError:
        return False
    built = list(scratch.glob("*-none-any.whl"))
    for wheel in built:
        shutil.copy(wheel, folder / wheel.name)
    return bool(built)


def own_wheel(folder: Path) -> Path:
    """Build the product's own wheel from the tree."""
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("guanlan-*.whl"))


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", "--no-deps", *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BundleError(done.stderr.strip() or f"pip {words[0]} failed")


def check_sums(folder: Path) -> str:
    """Return the SHA-256 of every file below ``folder``, as ``sha256sum -c`` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, archive: Path) -> None:
    """Pack ``folder`` into a gzip'd tar whose bytes depend on nothing but its files."""
    with (
        archive.open("wb") as out,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=out, mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            tar.add(path, arcname=name, recursive=False, filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
    return member


def build(target: Path, platform: str) -> tuple[Path, list[Requirement]]:
    """Build the archive in ``target``; return it and the packages that it lacks."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        wheels = Path(scratch) / "wheels"
        wheels.mkdir()
        missing = fetch(wheels, platform)
        version = own_wheel(wheels).name.split("-")[1]
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        folder = Path(scratch) / f"guanlan-{version}-{platform}-{python}"
        folder.mkdir()
        wheels.rename(folder / "wheels")
        _describe(folder, missing)
        archive = target / f"{folder.name}.tar.gz"
        pack(folder, archive)
    Path(f"{archive}.sha256").write_text(f"{_digest(archive)}  {archive.name}\n", encoding="utf-8")
    return archive, missing


def _describe(folder: Path, missing: Iterable[Requirement]) -> None:
    shutil.copy(INSTALLER, folder / "install.sh")
    for name in ("LICENSE", "README.md", "README.zh.md"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "docs" / "offline.md", folder / "OFFLINE.md")
    lacking = "".join(f"{one.name}=={one.version}\n" for one in missing)
    if lacking:
        (folder / "MISSING.txt").write_text(lacking, encoding="utf-8")
    (folder / "SHA256SUMS").write_text(check_sums(folder), encoding="utf-8")


def main() -> int:
    """Build the bundle the arguments ask for; 1 with one line where that fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    parser.add_argument("--platform", default=platform_here())
    order = parser.parse_args()
    try:
        archive, missing = build(order.to, order.platform)
    except (BundleError, OSError) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    print(f"{archive}  {archive.stat().st_size / 1e6:.0f} MB")
    for one in missing:
        print(f"without {one.name} {one.version}: no wheel for {order.platform} (docs/offline.md)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
