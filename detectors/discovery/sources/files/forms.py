"""Tables in documents: those that are tables, and forms that only look like one (姓名 | 张伟 | 电话 | 138…)."""

from detectors.discovery.sources.files.heading import heading_of, is_label
from detectors.discovery.sources.sampled import Record


def is_grid(rows: list[Record]) -> bool:
    """Whether rows have a header over columns of values, rather than labels beside their values."""
    if len(rows) < 3 or max(map(len, rows)) < 2:
        return False
    heading = heading_of(rows, headers=True)
    header = rows[max(0, heading.skip - 1)]
    named = [cell for cell in header if cell]
    if heading.guessed or len(named) < 2 or not all(map(is_label, named)):
        return False
    below = rows[heading.skip :]
    # the cells of a form's first column are all labels, and no two of them alike
    first = [row[0] for row in below if row and row[0]]
    values = [cell for row in below for cell in row[1:] if cell]
    return len(below) >= 2 and bool(values) and not (len(rows[0]) == 2 and first and all(map(_is_field, first)))


def _is_field(cell: str) -> bool:
    return cell.rstrip().endswith(("：", ":")) or cell.strip() in _FIELDS


_LABELS = """
    姓名 性别 民族 出生 出生日期 年龄 住址 地址 电话 手机 联系电话 联系方式 身份证号 身份证号码 证件号码
    单位 职务 邮箱 车牌号 备注
"""
_FIELDS = frozenset(_LABELS.split())


def lines_of_form(rows: list[Record]) -> str:
    """A form as lines, each label with what stands beside it."""
    return "\n".join("  ".join(_pairs([cell.strip() for cell in row if cell and cell.strip()])) for row in rows)


def _pairs(cells: list[str]) -> list[str]:
    found = []
    place = 0
    while place < len(cells):
        cell = cells[place]
        if is_label(cell) and len(cell) <= 12 and place + 1 < len(cells):
            found.append(f"{cell.rstrip('：:')}：{cells[place + 1]}")
            place += 2
        else:
            found.append(cell)
            place += 1
    return found
