"""Dameng 达梦, through ``dmPython``; no server was had. Its dictionary is that of Oracle."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.engine import Connection

from detectors.discovery.sources.databases.dialect import Dialect
from detectors.discovery.sources.databases.oracle import Oracle


@dataclass(slots=True)
class Dameng(Oracle):
    """A Dameng server."""

    extra: ClassVar[str | None] = "dameng"
    driver: ClassVar[str] = "dmPython"
    ours: ClassVar[str] = "{owner} NOT IN ('SYS', 'SYSDBA', 'SYSAUDITOR', 'SYSSSO', 'CTISYS', 'SYSDBO')"

    def connect(self) -> Connection:
        """Open a session."""
        return Dialect.connect(self)

    def tables_statement(self) -> str:
        """The statement that lists tables and views; the count of changes is not kept as in Oracle."""
        return f"""
            SELECT o.owner, o.object_name AS name, o.object_type AS kind, c.comments, t.num_rows, t.blocks
            FROM all_objects o
            LEFT JOIN all_tables t ON t.owner = o.owner AND t.table_name = o.object_name
            LEFT JOIN all_tab_comments c ON c.owner = o.owner AND c.table_name = o.object_name
            WHERE o.object_type IN ('TABLE', 'VIEW') AND {self.ours.format(owner="o.owner")}"""  # noqa: S608

    def sampled(self, size: int, rows: int, seed: int) -> str:
        """Rows drawn by the seed."""
        return f"SAMPLE ({min(99.999999, max(0.000001, 100 * size / rows)):.6f}) SEED ({seed})"
