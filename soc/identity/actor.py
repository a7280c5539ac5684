"""Who acts: a value that travels with every call of a service."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is here for; the last three exclude one another (三员)."""

    ANALYST = "analyst"
    COMMANDER = "commander"
    AUDITOR = "auditor"
    POLICY = "policy"
    LEADER = "leader"
    OWNER = "owner"
    SYSADMIN = "sysadmin"
    SECADMIN = "secadmin"
    AUDADMIN = "audadmin"


#: 系统管理员, 安全管理员, 审计管理员: nobody holds two of them (GB/T 22239-2019, 8.1.5)
THREE_ADMINISTRATORS: frozenset[Role] = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDADMIN})


class ActorKind(StrEnum):
    """What sort of subject acts."""

    PERSON = "person"
    TOKEN = "token"
    JOB = "job"
    #: whoever may run commands on the machine itself
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class LineGrant:
    """A business line seen across tiers, below one organisation."""

    line: str
    root_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, token, job or operator, with the organisation they act for."""

    id: str
    name: str
    kind: ActorKind
    org: str
    org_path: str
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[str] = frozenset()
    lines: tuple[LineGrant, ...] = field(default=())

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds ``permission`` (``<area>.<verb>``)."""
        if permission in self.permissions:
            return True
        area, _, verb = permission.partition(".")
        return verb in {"read", "write"} and (verb in self.permissions or f"{area}.*" in self.permissions)
