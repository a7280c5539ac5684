"""The lock files install the same packages anywhere, and name no place to get them from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = ("bootstrap.txt", "runtime.txt", "dev.txt")


def text_of(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", text_of(name), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_lock_file_names_a_package_index(name: str) -> None:
    assert not re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:", text_of(name))


@pytest.mark.parametrize("name", FILES)
def test_every_pinned_package_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text_of(name).split("\n", 2)[2] if name != "bootstrap.txt" else text_of(name))

    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_the_versions_that_users_get() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")

    assert {package: versions for package, versions in runtime.items() if dev.get(package) != versions} == {}


def test_the_installer_is_pinned_as_in_the_lock() -> None:
    assert pins("bootstrap.txt") == {"uv": pins("runtime.txt")["uv"]}
