"""Which centre the installation is for, and what it is called: said on the first day, changed whenever it must be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.errors import InputError
from soc.identity.actor import Actor, ActorKind
from soc.installation import InstallationFact
from soc.text import language, t
from soc.tiers.models import Organisation
from soc.trail import Act, Subject, record

#: characters of its name
LONGEST = 80
_FACT = "centre."


@dataclass(frozen=True, slots=True)
class Centre:
    """An organisation's code, and what the installation is called in each language."""

    code: str
    name: str
    name_en: str

    @property
    def shown(self) -> str:
        """The name in the reader's language."""
        return (self.name_en or self.name) if language() == "en" else self.name


def centre_of(session: Session) -> Centre | None:
    """Return what was said on the first day; None where nobody was asked, as in installations from before."""
    facts = _facts(session)
    return Centre(**facts) if facts else None


def named_centre(org: Organisation, name: str, name_en: str) -> Centre:
    """Return an organisation as a centre; a name that is left empty is made from the organisation's own.

    Raises:
        InputError: a name is too long.
    """
    chinese = name.strip() or t("centre.default_name", "zh", place=org.name)
    english = name_en.strip() or t("centre.default_name", "en", place=org.name_en or org.name)
    if max(len(chinese), len(english)) > LONGEST:
        raise InputError("centre.error.name", most=LONGEST)
    return Centre(org.code, chinese, english)


def keep_centre(session: Session, actor: Actor, centre: Centre) -> None:
    """Write down which centre the installation is for; ``before`` in the trail is empty the first time."""
    before = _facts(session)
    for name, value in asdict(centre).items():
        session.merge(InstallationFact(name=f"{_FACT}{name}", value=value))
    session.flush()
    subject = Subject(Organisation.__tablename__, centre.code, centre.code)
    record(session, actor, Act.SYSTEM_CHANGED, subject, before=before or None, after=asdict(centre))


def home_org(session: Session, actor: Actor) -> str:
    """Return whose something is where nobody says so: the actor's organisation, the centre's for the command line."""
    found = centre_of(session) if actor.kind is ActorKind.OPERATOR else None
    return actor.org if found is None else found.code


def _facts(session: Session) -> Mapping[str, str]:
    query = select(InstallationFact).where(InstallationFact.name.startswith(_FACT))
    return {one.name.removeprefix(_FACT): one.value for one in session.scalars(query)}
