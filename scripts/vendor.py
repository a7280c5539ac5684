"""Copy the front-end files named in soc/static/VENDOR.toml out of their npm packages, and check them.

``--update`` writes the checksums of what came into VENDOR.toml; without it a file that differs is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "soc" / "static"
LIST = STATIC / "VENDOR.toml"
TARGET = STATIC / "vendor"


def fetch(name: str, version: str, folder: Path) -> tarfile.TarFile:
    """Let npm fetch one package as it was published; nothing in it is run."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return tarfile.open(folder / packed.stdout.strip().splitlines()[-1])


def member(archive: tarfile.TarFile, path: str) -> bytes:
    """Read one file of a package."""
    content = archive.extractfile(f"package/{path}")
    if content is None:
        raise SystemExit(f"vendor: {path} is not a file of {archive.name!r}")
    return content.read()


def written(attributes: dict[str, str]) -> str:
    """Write attributes as XML, each after a space."""
    return "".join(f' {key}="{value}"' for key, value in attributes.items())


def symbol(name: str, nodes: list[tuple[str, dict[str, str]]]) -> str:
    """Draw one outline as a symbol of the sprite."""
    shapes = "".join(f"<{tag}{written(attributes)}/>" for tag, attributes in nodes)
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
    )


def sprite(nodes: dict[str, Any], names: list[str]) -> bytes:
    """Draw the named outlines into one SVG file."""
    missing = [name for name in names if name not in nodes]
    if missing:
        raise SystemExit(f"vendor: no such icon: {', '.join(missing)}")
    symbols = "\n".join(symbol(name, nodes[name]) for name in sorted(set(names)))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()


def contents(package: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """Return what one package gives: path below vendor/ to bytes."""
    with fetch(package["name"], package["version"], folder) as archive:
        found = {entry["to"]: member(archive, entry["from"]) for entry in package["files"]}
        for entry in package.get("sprites", []):
            names = (STATIC / entry["names"]).read_text().split()
            found[entry["to"]] = sprite(json.loads(member(archive, entry["from"])), names)
    return found


def collect(listed: dict[str, Any]) -> dict[str, bytes]:
    """Fetch every package of the list, and add what is kept by hand."""
    found: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in listed["package"]:
            print(f"{package['name']} {package['version']}")
            found |= contents(package, Path(folder))
    return found | {entry["to"]: (TARGET / entry["to"]).read_bytes() for entry in listed["kept"]}


def expected(listed: dict[str, Any]) -> dict[str, str]:
    """Return the checksums of the list: path below vendor/ to SHA-256."""
    entries = [*listed["kept"]]
    for package in listed["package"]:
        entries += [*package["files"], *package.get("sprites", [])]
    return {entry["to"]: entry["sha256"] for entry in entries}


def write_checksums(found: dict[str, bytes]) -> None:
    """Put the checksum of every file behind its ``to`` line in VENDOR.toml."""
    lines = LIST.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("to = "):
            path = line.removeprefix("to = ").strip('"')
            lines[number + 1] = f'sha256 = "{hashlib.sha256(found[path]).hexdigest()}"'
    LIST.write_text("\n".join(lines) + "\n")


def main() -> int:
    """Fetch, check and write; 1 if a file is not the one that was listed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="take what comes, and write its checksums")
    update = parser.parse_args().update
    listed = tomllib.loads(LIST.read_text())
    found = collect(listed)
    if update:
        write_checksums(found)
    wrong = [
        p for p, s in expected(tomllib.loads(LIST.read_text())).items() if hashlib.sha256(found[p]).hexdigest() != s
    ]
    if wrong:
        print(f"vendor: not what VENDOR.toml lists, nothing written: {', '.join(wrong)}", file=sys.stderr)
        return 1
    for path, content in found.items():
        (TARGET / path).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / path).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
