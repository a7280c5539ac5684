"""Making actors: of a person, a token, a job, the operator of the machine."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor, ActorKind, LineGrant
from soc.identity.models import ApiToken, BusinessLineGrant, Person
from soc.registry import permissions_of
from soc.tiers.models import Organisation

#: what the machine's own command line may do alone; what two persons decide it can only propose
_OPERATOR_MAY = frozenset({"read", "write"})


def actor_of(session: Session, person: Person) -> Actor:
    """Return the actor a signed-in person is."""
    roles = frozenset(held.role for held in person.roles)
    return Actor(
        id=str(person.id),
        name=person.username,
        kind=ActorKind.PERSON,
        org=person.org,
        org_path=path_of(session, person.org),
        roles=roles,
        permissions=permissions_of(roles),
        lines=_lines(session, person),
    )


def token_actor(session: Session, token: ApiToken) -> Actor:
    """Return the actor a valid token stands for."""
    return Actor(
        id=str(token.id),
        name=token.name or f"token {str(token.id)[:8]}",
        kind=ActorKind.TOKEN,
        org=token.org,
        org_path=path_of(session, token.org),
        permissions=frozenset(token.scopes),
    )


def job_actor(session: Session, name: str) -> Actor:
    """Return the installation itself, acting through the job ``name``."""
    return _installation(session, name, ActorKind.JOB)


def operator_actor(session: Session, name: str = "operator") -> Actor:
    """Return whoever runs a command on the machine."""
    return _installation(session, name, ActorKind.OPERATOR)


def path_of(session: Session, code: str) -> str:
    """Return the path of an organisation."""
    return session.scalars(select(Organisation.path).where(Organisation.code == code)).one()


def _installation(session: Session, name: str, kind: ActorKind) -> Actor:
    root = session.scalars(select(Organisation).where(Organisation.parent_code.is_(None))).one()
    return Actor(
        id=f"{kind}:{name}", name=name, kind=kind, org=root.code, org_path=root.path, permissions=_OPERATOR_MAY
    )


def _lines(session: Session, person: Person) -> tuple[LineGrant, ...]:
    rows = session.execute(
        select(BusinessLineGrant.line, Organisation.path)
        .join(Organisation, Organisation.code == BusinessLineGrant.root)
        .where(BusinessLineGrant.person_id == person.id)
        .order_by(BusinessLineGrant.line, Organisation.path)
    )
    return tuple(LineGrant(line, path) for line, path in rows)
