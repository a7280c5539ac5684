"""What may be wrong with a playbook: a code, the step it concerns and a sentence for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from soc.text import t


class Code(StrEnum):
    """Kinds of problem; the name is what scripts see."""

    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    NOT_A_NUMBER = "not_a_number"
    NOT_V2 = "not_v2"
    NO_ID = "no_id"
    DANGLING_STEP = "dangling_step"
    DANGLING_START = "dangling_start"
    ENDLESS = "endless"
    UNSAFE_EMAIL = "unsafe_email"
    UNSAFE_URL = "unsafe_url"
    CONTRADICTORY_TYPE = "contradictory_type"
    START_TYPE = "start_type"
    DANGLING_EXCEPTION = "dangling_exception"
    UNDEFINED_AGENT = "undefined_agent"
    UNDEFINED_TARGET = "undefined_target"
    UNKNOWN_COMMAND = "unknown_command"
    MISSING = "missing"
    UNKNOWN_PROPERTY = "unknown_property"
    WRONG_TYPE = "wrong_type"
    BAD_VALUE = "bad_value"
    EXTRA_NEXT = "extra_next"


#: a playbook with one of these is not taken in at all; with any other it is kept as a draft
REFUSING = frozenset(
    {
        Code.NOT_JSON,
        Code.TOO_LARGE,
        Code.TOO_DEEP,
        Code.DUPLICATE_KEY,
        Code.NOT_A_NUMBER,
        Code.NOT_V2,
        Code.NO_ID,
        Code.DANGLING_STEP,
        Code.DANGLING_START,
        Code.ENDLESS,
        Code.UNSAFE_EMAIL,
        Code.UNSAFE_URL,
        Code.CONTRADICTORY_TYPE,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: ``step`` is a step's id, or the property or definition that is no step."""

    step: str
    code: Code
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Whether it keeps the playbook out."""
        return self.code in REFUSING

    def message(self, lang: str | None = None) -> str:
        """The sentence for people: what is wrong and what to mend."""
        return t(f"playbooks.problem.{self.code}", lang, **self.params)

    def as_json(self, lang: str | None = None) -> dict[str, str]:
        """What the commands print."""
        return {"step": self.step, "code": self.code.value, "message": self.message(lang)}

    def stored(self) -> dict[str, Any]:
        """What is kept with a draft: readable later in any language."""
        return {"step": self.step, "code": self.code.value, "params": dict(self.params)}

    @classmethod
    def from_stored(cls, kept: Mapping[str, Any]) -> "Problem":
        """Read back what :meth:`stored` gave."""
        return cls(kept["step"], Code(kept["code"]), kept["params"])


class Refused(Exception):  # noqa: N818 - it is a verdict, raised where reading cannot go on
    """The text is no document that could be judged further."""

    def __init__(self, problem: Problem) -> None:
        """Carry the reason."""
        super().__init__(problem.code)
        self.problem = problem


class Status(StrEnum):
    """What becomes of a playbook."""

    ACCEPTED = "accepted"
    DRAFT = "draft"
    REFUSED = "refused"


def status_of(problems: Iterable[Problem]) -> Status:
    """Say what becomes of a playbook with these problems."""
    found = list(problems)
    if any(one.refuses for one in found):
        return Status.REFUSED
    return Status.DRAFT if found else Status.ACCEPTED
