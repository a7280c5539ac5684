"""Which files of a folder or a bucket are wanted, and how many at most."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from soc.text import t


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns of names or paths (``*.csv``, ``2024/*``), and a budget of files and of their bytes.

    With ``include`` only what matches one of its patterns is wanted; what matches one of ``exclude`` never is.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    files: int | None = 500_000
    bytes: int | None = None

    def wanted(self, path: str) -> bool:
        """Whether a file is wanted, by its path below the folder that was given."""
        if any(_matches(path, pattern) for pattern in self.exclude):
            return False
        return not self.include or any(_matches(path, pattern) for pattern in self.include)

    def counting(self) -> "Counting":
        """Count files against the budget."""
        return Counting(self)


@dataclass(slots=True)
class Counting:
    """The budget of one walk."""

    select: Selection
    files: int = 0
    size: int = 0

    def wanted(self, path: str) -> bool:
        """Whether a file is wanted."""
        return self.select.wanted(path)

    def spent(self, size: int) -> bool:
        """Count one file; whether that is more than the budget has."""
        self.files, self.size = self.files + 1, self.size + size
        too_many = self.select.files is not None and self.files > self.select.files
        return too_many or (self.select.bytes is not None and self.size > self.select.bytes)

    def reason(self) -> str:
        """Why the rest was not read."""
        return t("discovery.skipped.most_files", files=self.files - 1)


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path.rsplit("/", 1)[-1], pattern)
