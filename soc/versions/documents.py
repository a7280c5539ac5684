"""Documents with versions as texts: read with the line of each value, written with the version they are taken from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.identity.actor import Actor
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError, Order
from soc.yaml_text import BY_HAND, Bounds, Written, read_mapping, refuse_strange, write_yaml

#: the first line of a text that was taken out: kind, organisation, version
_HEAD = re.compile(r"(?:\ufeff)?# [a-z_]+ \S+ v([0-9]{1,9})\s*$", re.MULTILINE)

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """How commands and the API deal with one kind of document.

    ``held(session, org)`` is the body that holds for an organisation, its own or one from above; ``ordered`` puts keys
    into the order that people know; ``submit(session, actor, org, order)`` proposes a body.
    """

    kind: str
    held: Callable[[Session, str], Body]
    ordered: Callable[[Body], dict[str, Any]]
    submit: Callable[[Session, Actor, str, Order], Approval]
    bounds: Bounds = BY_HAND

    def text(self, session: Session, org: str, body: Body | None = None, number: int | None = None) -> str:
        """Write the body that holds, or a version's, below the line that says which version it is."""
        active = versions.active(session, self.kind, org) if body is None else None
        number = active.number if active else number
        head = f"# {self.kind} {org} v{number}\n" if number else ""
        return head + write_yaml(self.ordered(self.held(session, org) if body is None else body))

    def read(self, raw: bytes | str) -> tuple[Written, int | None]:
        """Read a text; returns the document, and the number of the version that it was taken from, if it says so.

        Raises:
            YamlError: it is no YAML, no mapping or past its bounds.
        """
        written = read_mapping(raw, self.bounds)
        first = (raw.decode("utf-8") if isinstance(raw, bytes) else raw).split("\n", 1)[0]
        head = _HEAD.match(first)
        return written, int(head[1]) if head else None

    def read_file(self, path: Path) -> tuple[Written, int | None]:
        """Read a file, of which no more than its bounds are read; see :meth:`read`."""
        with path.open("rb") as file:
            return self.read(file.read(self.bounds.size + 1))

    def taken(self, body: dict[str, Any]) -> Written:
        """Take a document that came as JSON.

        Raises:
            YamlError: it is past its bounds, or has what no store keeps.
        """
        refuse_strange(body, self.bounds)
        return Written(body)

    def refuse_faulty(self, session: Session, org: str, written: Written) -> None:
        """Let a document pass that could be proposed.

        Raises:
            FaultyBodyError: with every problem, and its line.
        """
        problems = versions.faults(session, self.kind, org, written.body)
        if problems:
            raise FaultyBodyError(problems, written.row)
