"""HTML to PDF by a headless Chromium, where the machine has one."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from soc.errors import UnavailableError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 120
#: no name resolves: the document is complete in itself, and must not reach out if it ever were not
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the browser to print with: ``SOC_CHROMIUM``, else the first one on the path."""
    named = environ.get("SOC_CHROMIUM")
    if named:
        return shutil.which(named)
    found = (shutil.which(name, path=environ.get("PATH")) for name in _NAMES)
    return next((one for one in found if one), None)


def to_pdf(document: str, browser: str | None) -> bytes:
    """Print a document of ours.

    Raises:
        UnavailableError: there is no browser, or it printed nothing.
    """
    if browser is None:
        raise UnavailableError("errors.report.no_chromium")
    with TemporaryDirectory(prefix="guanlan-report-") as folder:
        page, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_text(document, encoding="utf-8")
        # Chromium refuses its own sandbox to the superuser; the page has no script and no address but its own
        alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
        command = (
            browser, *_FLAGS, *alone, f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", page.as_uri()
        )  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
            return printed.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise UnavailableError("errors.report.not_printed", browser=browser) from error
