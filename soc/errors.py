"""The tree of errors that people get to read.

SocError
 ├── InputError            422  what was given cannot be used
 ├── UnauthenticatedError  401  nobody is signed in, or the token does not hold
 ├── ForbiddenError        403  the person may not do this
 ├── NotFoundError         404  absent, or outside the person's scope: the same words
 ├── ConflictError         409  somebody else was first
 ├── LimitError            429  too much, too often
 ├── UnavailableError      503  a part is away: the store, a source, the disk
 └── BrokenError           500  something stored is not what it was

A room subclasses the narrowest. ``key`` names a message of the catalogue and ``params``
fill it; the text says what happened, what was kept and what to do.
"""

from typing import ClassVar

Param = str | int | float


class SocError(Exception):
    """An error with a message for people."""

    status: ClassVar[int] = 500

    def __init__(self, key: str, **params: Param) -> None:
        """Name the message and what fills it."""
        super().__init__(key)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        """Return the key and its parameters, for logs; people get the catalogue's text."""
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.key}({told})" if told else self.key


class InputError(SocError):
    """What was given cannot be used."""

    status = 422

    def texts(self) -> dict[str, str]:
        """Return the words for each field or place that is wrong, in the reader's language; there may be none."""
        return {}


class UnauthenticatedError(SocError):
    """Nobody is signed in, or the token does not hold."""

    status = 401


class ForbiddenError(SocError):
    """The actor may not do this."""

    status = 403


class NotFoundError(SocError):
    """Absent, or outside the actor's scope; nobody can tell which."""

    status = 404

    def __init__(self, key: str = "errors.not_found") -> None:
        """Say the same words for everything that cannot be found."""
        super().__init__(key)


class ConflictError(SocError):
    """Somebody else was first, or the state has moved on."""

    status = 409


class LimitError(SocError):
    """Too much at once, or too often."""

    status = 429


class UnavailableError(SocError):
    """A part the act needs is away."""

    status = 503


class BrokenError(SocError):
    """Something stored is not what it was when it was written."""

    status = 500
