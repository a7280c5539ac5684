"""A report as one HTML document: sandboxed, escaped, nothing fetched, printable on A4."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

import soc
from dashboards.reports.contents import PostureReport
from soc.text import language, t
from soc.tiers.names import shown_name

_TEMPLATES = Path(__file__).parent / "templates"
#: the macros that pages and reports share
_SHARED = Path(soc.__file__).parent / "templates"


def render(report: PostureReport, zone: ZoneInfo) -> str:
    """Return the document in the reader's language; times are of ``zone``."""

    def moment(at: datetime) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([_TEMPLATES, _SHARED]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(moment=moment, number=_number, percent=_percent, name=shown_name)
    environment.globals.update(t=t, lang=language())
    return environment.get_template("reports/posture.html").render(report=report, zone=zone.key)


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.1%}"
