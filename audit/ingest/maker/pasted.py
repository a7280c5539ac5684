"""Lines that somebody pasted: within bounds, looked at and forgotten."""

from dataclasses import dataclass

from soc.errors import InputError

MOST_LINES = 200
MOST_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class Pasted:
    """Lines of an unknown log; they hold personal data, and are kept nowhere."""

    lines: tuple[str, ...]

    @property
    def body(self) -> bytes:
        """The lines as a log."""
        return "".join(f"{line}\n" for line in self.lines).encode("utf-8", "replace")

    @property
    def filled(self) -> tuple[str, ...]:
        """Those that say something."""
        return tuple(line for line in self.lines if line.strip())

    def __repr__(self) -> str:
        """Tell how many: a log of ours must not hold them."""
        return f"Pasted({len(self.lines)} lines)"


def pasted(text: str) -> Pasted:
    """Take pasted lines.

    Raises:
        InputError: there are more than :data:`MOST_LINES`, or they are longer than :data:`MOST_BYTES` together.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InputError("maker.error.too_long", limit=MOST_BYTES >> 10)
    lines = tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if len(lines) > MOST_LINES:
        raise InputError("maker.error.too_many", limit=MOST_LINES)
    return Pasted(lines)
