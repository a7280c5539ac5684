"""What is planned of one relation: enough to make its values, always the same ones."""

from dataclasses import dataclass
from enum import Enum


class Dirt(Enum):
    """How well a table was kept: shares of values that are missing and spoilt."""

    CLEAN = (0.005, 0.002)
    COMMON = (0.05, 0.03)
    NEGLECTED = (0.15, 0.3)


class Form(Enum):
    """What a relation is in the database."""

    TABLE = "table"
    PARTITIONED = "partitioned"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Planned:
    """One column: ``kind`` makes its values, drawn by the row's member of ``group`` where it has one."""

    name: str
    comment: str
    kind: str
    group: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """One table or view; ``base`` is the name of the table that a view looks at."""

    schema: str
    name: str
    comment: str
    columns: tuple[Planned, ...]
    rows: int
    seed: int
    dirt: Dirt = Dirt.CLEAN
    form: Form = Form.TABLE
    base: str = ""
