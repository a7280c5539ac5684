"""The command ``soc report posture``."""

from pathlib import Path

import click

from soc.desk import Desk, at_desk
from soc.errors import InputError
from soc.text import t

_FORMS = {".html": "html", ".htm": "html", ".pdf": "pdf"}


@click.command("posture")
@click.option("--org", required=True, help="Code of the organisation.")
@click.option("--period", required=True, help="A month, YYYY-MM.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.html|.pdf")
def posture(org: str, period: str, target: Path) -> int:
    """Write the posture of one organisation and those below it as a printable report."""
    form = _FORMS.get(target.suffix.lower())
    if form is None:
        raise InputError("errors.report.form", path=str(target))
    if not target.absolute().parent.is_dir():
        raise InputError("errors.report.folder", path=str(target))
    with at_desk() as desk:
        content = _make(desk, org, period, form)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InputError("errors.report.folder", path=str(target)) from error
    click.echo(t("reports.written", path=str(target)), err=True)
    return 0


def _make(desk: Desk, org: str, period: str, form: str) -> bytes:
    from dashboards.posture.asked import focused, month
    from dashboards.reports.contents import gather
    from dashboards.reports.pdf import chromium, to_pdf
    from dashboards.reports.render import render
    from dashboards.reports.service import record_report
    from soc.clock import now

    span = month(period)
    with desk.read() as (session, operator):
        report = gather(session, focused(session, operator, org), span, at=now())
        document = render(report, desk.settings.timezone)
    content = document.encode() if form == "html" else to_pdf(document, chromium())
    with desk.write() as (session, operator):
        record_report(session, operator, report, form)
    return content
