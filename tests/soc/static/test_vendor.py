"""Front-end files are those that were listed, and nothing else lies beside them."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import soc

STATIC = Path(soc.__file__).parent / "static"
VENDOR = STATIC / "vendor"
LISTED: dict[str, Any] = tomllib.loads((STATIC / "VENDOR.toml").read_text())


def entries() -> list[dict[str, str]]:
    packages = LISTED["package"]
    return [*LISTED["kept"], *(e for p in packages for e in (*p["files"], *p.get("sprites", [])))]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["to"])
def test_a_vendored_file_is_the_one_that_was_listed(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["to"]).read_bytes()).hexdigest() == entry["sha256"]


def test_no_unlisted_file_lies_in_the_vendor_folder() -> None:
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert found == {entry["to"] for entry in entries()}


def test_the_sprite_holds_every_icon_of_the_list() -> None:
    names = (STATIC / "VENDOR.icons.txt").read_text().split()

    assert sorted(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text())) == names


def test_no_vendored_style_sheet_fetches_from_elsewhere() -> None:
    addresses = re.findall(r'(?:url\(|@import\s+)["\']?([a-z]+:|//)', (VENDOR / "tabler.min.css").read_text())

    assert set(addresses) == {"data:"}


def test_every_package_names_its_licence() -> None:
    assert {package["licence"] for package in LISTED["package"]} <= {"MIT", "0BSD"}


def test_the_sheet_that_plotly_would_write_into_the_page_is_kept_out_by_its_own_guard() -> None:
    source = (VENDOR / "plotly-strict.min.js").read_text(encoding="utf-8")
    macro = (VENDOR.parents[1] / "templates" / "macros" / "chart.html").read_text(encoding="utf-8")
    guards = re.findall(r'getElementById\("([0-9a-f]{64})"\)', source)
    assert guards
    assert all(f'<template id="{guard}">' in macro for guard in guards)
