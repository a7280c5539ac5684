"""What can go wrong with a query or a store, in words that say what to mend.

Queries fail before a store sees them, so both stores fail alike.
"""

from typing import Self

from soc.errors import BrokenError, InputError, LimitError, NotFoundError, UnavailableError
from soc.text import t


class QueryError(InputError):
    """The text is no query; ``at`` is the character it goes wrong at, from 0, and ``length`` how many are meant."""

    at: int | None = None
    length: int = 0

    def at_place(self, at: int, length: int) -> Self:
        """Say where, unless that was said closer to the mistake."""
        if self.at is None:
            self.at, self.length = at, max(length, 1)
        return self

    def texts(self) -> dict[str, str]:
        """Return which character of the query is meant, where that is known."""
        return {} if self.at is None else {"q": t("errors.logstore.at", at=self.at + 1)}


class UnsupportedQueryError(QueryError):
    """Lucene knows this syntax, the log stores do not offer it."""


class UnknownFieldError(QueryError):
    """No column of the events has this name."""


class CursorError(InputError):
    """The cursor is not one that a search gave out."""


class TooManyBucketsError(InputError):
    """The interval is too short for the stretch of time."""


class PageTooLargeError(LimitError):
    """More events asked for than a page holds."""


class EventNotFoundError(NotFoundError):
    """Absent, or outside the scope."""


class BatchError(InputError):
    """A batch is not of the event schema."""


class StoreUnavailableError(UnavailableError):
    """The store cannot be reached or used now."""


class StoreBrokenError(BrokenError):
    """The store's files are not as it left them."""
