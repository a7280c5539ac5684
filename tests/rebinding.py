"""A name server whose owner changes its answer between two questions."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

#: a name that only this resolver knows: whatever asks anybody else does not find it
NAME = "db.rebinding.test"
METADATA = "169.254.169.254"


class Resolver:
    """Answers with each address in turn, and the last one for ever; counts the questions."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self.answers: list[str] = ["127.0.0.1"]
        self.asked = 0

    def __call__(self, host: Any, port: Any, *args: Any, **named: Any) -> Any:
        """Stand in for :func:`socket.getaddrinfo`."""
        if host != NAME:
            return self._real(host, port, *args, **named)
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return self._real(answer, port, *args, **named)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """The process's resolver, with one name whose answers the test decides."""
    made = Resolver(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", made)
    return made
