# ruff: noqa: S608 - made-up statements of a made-up province, nothing in them comes from outside
"""What is asked of the databases: patterns of statements, kept in one book and named by their number in it."""

from dataclasses import dataclass, field

from soc.demo.leaks.tables import city_schema


@dataclass(frozen=True, slots=True)
class Pattern:
    """A statement with ``{placeholders}``; ``least`` to ``most`` rows come back.

    ``{c}`` is the schema of the city of who asks, ``{id}`` a resident number, ``{plate}`` a plate, ``{n}`` a number,
    ``{day}`` the first of the month, ``{limit}`` the rows that come back. ``counted`` is False where pgaudit 1.7
    writes 0 whatever came back. ``parts`` are (audit class, command) as pgaudit logs them, one line a part.
    """

    sql: str
    least: int = 0
    most: int = 1
    parts: tuple[tuple[str, str], ...] = (("READ", "SELECT"),)
    counted: bool = True

    def of_city(self, city: int) -> "Pattern":
        """Return the statement as it is asked in a city."""
        if "{c}" not in self.sql:
            return self
        return Pattern(self.sql.replace("{c}", city_schema(city)), self.least, self.most, self.parts, self.counted)


@dataclass(slots=True)
class Book:
    """Every pattern that the trial uses, by number."""

    patterns: list[Pattern] = field(default_factory=list)
    _numbers: dict[Pattern, int] = field(default_factory=dict)

    def number(self, pattern: Pattern) -> int:
        """Return the pattern's number; a new one is entered."""
        if pattern not in self._numbers:
            self._numbers[pattern] = len(self.patterns)
            self.patterns.append(pattern)
        return self._numbers[pattern]


def one_of(table: str, columns: str, key: str, mark: str = "n") -> Pattern:
    """Look up a single thing by its key."""
    value = "{n}" if mark == "n" else f"'{{{mark}}}'"
    return Pattern(f"SELECT {columns} FROM {table} WHERE {key} = {value}", 0, 1)


def listing(table: str, columns: str, least: int, most: int, order: str = "id") -> Pattern:
    """List some rows, the newest first."""
    return Pattern(
        f"SELECT {columns} FROM {table} WHERE {order} > {{n}} ORDER BY {order} DESC LIMIT {{limit}}", least, most
    )


def summary(table: str, by: str, least: int, most: int) -> Pattern:
    """Count by groups: nothing about a person comes back."""
    return Pattern(f"SELECT {by}, count(*) FROM {table} GROUP BY {by}", least, most)


def change(table: str, column: str) -> Pattern:
    """Change one row."""
    return Pattern(f"UPDATE {table} SET {column} = '{{n}}' WHERE id = {{n}}", 1, 1, (("WRITE", "UPDATE"),))


def copy_out(what: str) -> Pattern:
    """Copy a table, or what a query in parentheses gives, to the client; nobody counts it."""
    return Pattern(f"COPY {what} TO STDOUT (FORMAT csv)", 0, 0, (("READ", "COPY"),), counted=False)


def page(table: str, columns: str, size: int, *, by_offset: bool, key: str = "id") -> Pattern:
    """One page of many through a whole table."""
    where, after = ("", " OFFSET {n}") if by_offset else (f" WHERE {key} > {{n}}", "")
    return Pattern(f"SELECT {columns} FROM {table}{where} ORDER BY {key} LIMIT {size}{after}", size, size)


def grant(table: str, account: str) -> Pattern:
    """Give an account the right to read a table."""
    return Pattern(f"GRANT SELECT ON {table} TO {account}", 0, 0, (("ROLE", "GRANT"),))
