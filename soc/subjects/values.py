"""What a written value is, and the one form that all its writings have.

Only types whose form or check digit says what they are: a name or a weak number would make strangers one subject.
Which type a value is follows from the value alone, so that a look-up by hand and a log that says nothing of
columns come to the same.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from soc.ledger.forms import plain
from soc.ledger.types import definitions
from soc.subjects.check_digits import CHECKS

#: types of the catalogue, in the order in which they are tried: a number of 18 digits may be a code of a firm as well
TYPES = ("resident_id", "mobile", "plate", "uscc", "vin", "bank_card", "practitioner_cert", "email")
#: in the order of how much they say: a person before a vehicle or a firm
TELLING = ("resident_id", "practitioner_cert", "bank_card", "mobile", "email", "plate", "vin", "uscc")
#: longer texts are no value of these types, however they are written
LONGEST = 64
_SEPARATORS = re.compile(r"[\s\-·•．.・]+")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")
#: types of the catalogue that are looked up as one: whose plate or number it is does not matter
_WITH = {"plate": "plate_nev", "resident_id": "hkmotw_residence"}


@dataclass(frozen=True, slots=True)
class SubjectValue:
    """A value in the form that all its writings have, and what it is. Never stored, never printed."""

    type: str
    value: str

    def __repr__(self) -> str:
        return f"SubjectValue({self.type}, ***)"


def subject_of(text: str) -> SubjectValue | None:
    """Tell what a value is; None where it is none of :data:`TYPES`.

    Case, full-width signs, blanks, hyphens, points and a country's prefix do not matter.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not written or len(written) > LONGEST:
        return None
    if "@" in written:
        return SubjectValue("email", written.lower()) if _shape("email").fullmatch(written) else None
    value = _SEPARATORS.sub("", written).upper()
    if mobile := _MOBILE.fullmatch(value):
        return SubjectValue("mobile", mobile[1])
    return next((SubjectValue(name, value) for name in TYPES if name not in _APART and _is(name, value)), None)


_APART = ("mobile", "email")
_BY_TEXT = ("practitioner_cert", "email")


def _is(name: str, value: str) -> bool:
    check = _check(name)
    return _shape(name).fullmatch(value) is not None and (check is None or check(value))


@cache
def _shape(name: str) -> re.Pattern[str]:
    tables = [definitions()[one] for one in (name, _WITH.get(name)) if one]
    # a certificate whose number is its holder's resident ID is that person; its own form is the one in sentences
    own = "text" if name in _BY_TEXT else "pattern"
    return re.compile("|".join(plain(str(table[own])) for table in tables), re.ASCII)


@cache
def _check(name: str) -> Callable[[str], bool] | None:
    return CHECKS.get(str(definitions()[name].get("check")))
