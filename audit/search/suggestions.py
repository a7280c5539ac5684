"""One thing that the query box suggests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write, how it is shown, and what it means: the word of a field or of the language, a value's own and its count.

    ``more`` says that one goes on writing at its end, ``back`` so many characters before it; after others comes a blank.
    """

    text: str
    label: str
    note: str = ""
    count: int | None = None
    more: bool = False
    back: int = 0
