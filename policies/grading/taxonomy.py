"""The taxonomy of transport data: what a table is about, read from its name and its columns."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from config import content
from soc.ledger.levels import Level
from soc.ledger.types import category_title

_SPLIT = re.compile(r"[、,，/ ]+")


@dataclass(frozen=True, slots=True)
class Category:
    """One row of the taxonomy; ``level`` is where its review starts."""

    code: str
    domain: str
    title: str
    table: str
    table_zh: str
    items: tuple[str, ...]
    level: Level
    upgrade: str
    types: frozenset[str]
    share: str
    open: str
    #: what ``table_zh`` and ``upgrade`` say, in English: our own translation, the Chinese is what was agreed
    table_en: str = ""
    upgrade_en: str = ""

    def table_title(self, lang: str) -> str:
        """What its table is called in ``lang`` (zh or en)."""
        return self.table_en if lang == "en" and self.table_en else self.table_zh

    def upgrade_rule(self, lang: str) -> str:
        """When its level rises, in ``lang``; empty where it never does."""
        return self.upgrade_en if lang == "en" and self.upgrade_en else self.upgrade

    def label(self, lang: str) -> str:
        """Its code and its name in ``lang`` (zh or en)."""
        return f"{self.code} {category_title(self.title, lang)}"


@cache
def taxonomy() -> tuple[Category, ...]:
    """The shipped taxonomy, in its order."""
    english = {row["code"]: row for row in _rows("taxonomy-en.csv")}
    return tuple(_category(row, english.get(row["code"], {})) for row in _rows("taxonomy.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with content.path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _category(row: dict[str, str], english: dict[str, str]) -> Category:
    table, _, table_zh = row["table_hint"].partition(" ")
    return Category(
        code=row["code"],
        domain=row["domain"],
        title=row["category"],
        table=table,
        table_zh=re.sub(r"\(.*?\)", "", table_zh),
        items=tuple(item for item in _SPLIT.split(row["typical_items"]) if item),
        level=Level(row["base_level"]),
        upgrade=row["upgrade_rule"] if row["upgrade_rule"] != "-" else "",
        types=frozenset(_SPLIT.split(row["sensitive_types"])) - {"-", ""},
        share=row["share"],
        open=row["open"],
        table_en=english.get("table", ""),
        upgrade_en=english.get("upgrade_rule", ""),
    )


def words(name: str) -> frozenset[str]:
    """The Latin words of a table's name, singular, without prefixes such as ``t_`` or ``dwd_``."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name.rsplit(".", 1)[-1])
    parts = [part.lower() for part in re.split(r"[^A-Za-z]+", spaced) if part]
    noise = {"t", "tb", "tbl", "tab", "dim", "dwd", "ods", "dws", "ads", "info", "table", "data", "base", "record"}
    return frozenset(re.sub(r"(?<=[a-z]{3})s$", "", part) for part in parts if part not in noise)


def category_of(table: str, columns: Iterable[str], types: Iterable[str]) -> Category | None:
    """The category that a table's name, columns and types agree on; None where nothing is sure enough.

    Args:
        table: the table's name.
        columns: names and comments of its columns.
        types: ids of the sensitive types found in it.
    """
    # no item of the taxonomy has a line break in it, so one text stands for all names
    named, own, found = "\n".join(columns), words(table), frozenset(types)
    scored = [(_score(one, table, own, named, found), one) for one in taxonomy()]
    best, category = max(scored, key=lambda pair: pair[0])
    return category if best >= 2.0 else None


def _score(category: Category, table: str, own: frozenset[str], named: str, types: frozenset[str]) -> float:
    """Points: the table's name up to 3, its columns up to 2, its types up to 1."""
    hinted = _hinted(category.table)
    score = 3.0 * len(own & hinted) / len(hinted) if hinted else 0.0
    if category.table_zh and (category.table_zh in table or (len(table) >= 4 and table in category.table_zh)):
        score += 3.0
    score += 2.0 * sum(item in named for item in category.items) / max(3, len(category.items))
    return score + (len(types & category.types) / len(category.types) if category.types else 0.0)


@cache
def _hinted(table: str) -> frozenset[str]:
    """The words of a table that the taxonomy itself names."""
    return words(table)
