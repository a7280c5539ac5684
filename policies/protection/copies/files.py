"""Copying tables of text, such as CSV files: every cell through its column's masker, no cell a formula."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from policies.protection.copies.database import CopiedTable, told_of
from policies.protection.copies.masker import masker
from policies.protection.copies.plan import Plan
from policies.protection.spreadsheets import safe_cell
from soc.crypto import KeyRing


def copy_csv(
    columns: Sequence[str], rows: Iterable[Sequence[str | None]], dest: Path, table: str, plan: Plan, ring: KeyRing
) -> CopiedTable:
    """Write one table as a CSV in UTF-8 with its byte order mark; the file stands only when it is whole."""
    masks = [masker(plan.of(table, name), ring, plan.purpose) for name in columns]
    aside = dest.with_name(f".{dest.name}.part")
    count = 0
    try:
        with aside.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([safe_cell(name) for name in columns])
            for row in rows:
                cells = (value if mask is None else mask(value) for value, mask in zip(row, masks, strict=True))
                writer.writerow(["" if cell is None else safe_cell(cell) for cell in cells])
                count += 1
        aside.replace(dest)
    finally:
        aside.unlink(missing_ok=True)
    return CopiedTable(table, count, tuple(told_of(name, plan, table) for name in columns))
