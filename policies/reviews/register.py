"""The register of important data as a workbook: the catalogue that is declared to the regulator."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from policies.protection.spreadsheets import safe_cell
from policies.reviews.models import ImportantReview
from policies.reviews.words import reason_words
from soc.ledger.models import LedgerTable
from soc.text import t
from soc.tiers.models import Organisation

#: columns in the order of the form; which of them a regulator asks for is not published (mark M)
FIELDS = (
    "name", "org", "level", "category", "source", "rows", "persons", "system", "owner", "steward", "sharing",
    "basis", "why", "judged_by", "judged_at", "status", "report_no", "review_by",
)  # fmt: skip


def cells(review: ImportantReview, names: dict[str, str], zone: ZoneInfo) -> dict[str, str | int]:
    """One line of the register, field by field."""
    table: LedgerTable = review.table
    return {
        "name": table.name,
        "org": names.get(review.org, review.org),
        "level": t(f"level_name.{review.level.value}"),
        "category": table.category or "",
        "source": table.source.name,
        "rows": table.rows,
        "persons": table.persons_high or "",
        "system": table.system or "",
        "owner": names.get(table.owner or "", table.owner or ""),
        "steward": table.steward or "",
        "sharing": t(f"ledger.sharing.{table.sharing.value}") if table.sharing else "",
        "basis": "；".join(reason_words(one) for one in review.reasons),
        "why": review.why or "",
        "judged_by": review.judged_by or "",
        "judged_at": _day(review.judged_at, zone),
        "status": t(f"reviews.status.{review.status.value}"),
        "report_no": review.report_no or "",
        "review_by": _day(review.review_by, zone),
    }


def workbook(found: Sequence[ImportantReview], organisations: Sequence[Organisation], zone: ZoneInfo) -> bytes:
    """Write the register; no cell of it runs as a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = t("reviews.register")[:31]
    sheet.append([t(f"reviews.field.{one}") for one in FIELDS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    names = {one.code: one.name for one in organisations}
    for review in found:
        line = cells(review, names, zone)
        sheet.append([safe_cell(value) if isinstance(value, str) else value for value in line.values()])
    sheet.freeze_panes = "B2"
    for at in range(1, len(FIELDS) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 18
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat() if moment else ""
