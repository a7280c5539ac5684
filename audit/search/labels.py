"""What fields and their values are called on the page."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from soc.logstore.query import Value
from soc.registry import value_titles
from soc.text import known, language, t
from soc.web.organisations import org_name


def field_word(name: str) -> str:
    """Return a field's word in the reader's language; its name where it has none."""
    key = f"logfield.{name}"
    return t(key) if known(key) else name


def value_words(session: Session, field: str, values: Iterable[Value]) -> Mapping[Value, str]:
    """Return what the values of a field are called; those that have no word are left out."""
    told = list(values)
    if field == "guanlan.org":
        return {value: org_name(str(value)) for value in told}
    coded = {value: f"logsearch.coded.{field}.{value}" for value in told}
    words: dict[Value, str] = {value: t(key) for value, key in coded.items() if known(key)}
    for named in value_titles(field):
        titles = named(session, [str(value) for value in told])
        words |= {value: titles[str(value)][language()] for value in told if str(value) in titles}
    return words
