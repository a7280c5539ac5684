"""How far a kind of source is supported: tested on a real server or not, and whether its driver is there."""

from dataclasses import dataclass
from importlib.util import find_spec

from detectors.discovery.sources.databases.dialect import Dialect
from detectors.discovery.sources.databases.registry import FAMILIES, family_class
from detectors.discovery.sources.guard import DRIVERS
from soc.text import t


@dataclass(frozen=True, slots=True)
class Support:
    """What is to be known of a kind of source before it is used."""

    tested: bool = True
    #: the extra to install, where the driver is missing
    missing: str = ""

    def labels(self) -> list[tuple[str, str]]:
        """A word for each of the notes, and the note itself."""
        words = [] if self.tested else [t("discovery.source.untested_word")]
        words += [t("discovery.source.missing_word")] if self.missing else []
        return list(zip(words, self.notes(), strict=True))

    def notes(self) -> list[str]:
        """In words, for whoever adds or sees such a source."""
        told = [] if self.tested else [t("discovery.source.untested")]
        return told + ([t("discovery.source.missing_driver", extra=self.missing)] if self.missing else [])


def support_of(backend: str) -> Support:
    """The support of a kind of source by its backend's name; files are always supported."""
    known = DRIVERS.get(backend, backend).split("+", maxsplit=1)[0]
    if known not in FAMILIES:
        return Support()
    family = family_class(known)
    if not issubclass(family, Dialect):
        return Support(tested=family.tested)
    return Support(tested=family.tested, missing="" if _is_there(family.driver) else family.extra or "")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module.split(".", maxsplit=1)[0]) is not None
    except ValueError:
        return False
