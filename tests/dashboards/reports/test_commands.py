"""``soc report posture`` on a fresh home, as scripts call it."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from config.settings import Settings
from dashboards.reports.commands import posture
from dashboards.reports.pdf import chromium, to_pdf
from soc.acting import SystemPath
from soc.db import Database
from soc.errors import InputError, NotFoundError, SocError, UnavailableError
from soc.trail import Act
from soc.trail.models import TrailEntry


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home, which the command opens itself."""
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def made(target: Path, org: str = "440000", period: str = "2026-10") -> object:
    """Run the command; its error is raised, as the program's own loop gets it."""
    arguments = ["--org", org, "--period", period, "--to", str(target)]
    return CliRunner().invoke(posture, arguments, standalone_mode=False, catch_exceptions=False)


def entries() -> list[TrailEntry]:
    if not Settings.load().home.exists():
        return []
    database = Database.open(Settings.load()).acting_for(SystemPath.OPERATOR)
    try:
        with database.read() as session:
            return list(session.scalars(select(TrailEntry).where(TrailEntry.act == Act.REPORT_MADE.value)))
    finally:
        database.close()


@pytest.mark.parametrize(("lang", "html"), [("zh", 'lang="zh-CN"'), ("en", 'lang="en"')])
def test_it_writes_a_document_and_the_trail_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, html: str
) -> None:
    monkeypatch.setenv("SOC_LANG", lang)
    target = tmp_path / "report.html"
    made(target)
    text = target.read_text(encoding="utf-8")
    (entry,) = entries()
    assert html in text
    assert "2026-10-01 00:00" in text
    assert entry.subject_id in text


@pytest.mark.parametrize(
    ("name", "org", "period", "error"),
    [
        ("report.docx", "440000", "2026-10", InputError),
        ("nowhere/report.html", "440000", "2026-10", InputError),
        ("report.html", "440000", "2026-13", InputError),
        ("report.html", "440000", "9999-12", InputError),
        ("report.html", "999999", "2026-10", NotFoundError),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    tmp_path: Path, name: str, org: str, period: str, error: type[SocError]
) -> None:
    with pytest.raises(error):
        made(tmp_path / name, org, period)
    assert not (tmp_path / name).exists()
    assert not entries()


def test_without_a_browser_a_pdf_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOC_CHROMIUM", str(tmp_path / "absent"))
    with pytest.raises(UnavailableError, match=r"errors\.report\.no_chromium"):
        made(tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_a_browser_that_prints_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="not_printed"):
        to_pdf("<p>", str(tmp_path / "absent"))


def test_no_browser_on_the_path_is_none_found(tmp_path: Path) -> None:
    assert chromium({"PATH": str(tmp_path)}) is None


@pytest.mark.browser
def test_a_real_browser_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = os.environ.get("SOC_TEST_CHROMIUM")
    if not browser:
        pytest.skip("needs Chromium: SOC_TEST_CHROMIUM is not set")
    monkeypatch.setenv("SOC_CHROMIUM", browser)
    made(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
