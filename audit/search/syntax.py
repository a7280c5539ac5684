"""What the query box suggests of the query language itself, by what is being written, and the help that says each with an example."""

from collections.abc import Iterator
from datetime import datetime

from audit.search.places import Place, Wanted
from audit.search.suggestions import Suggestion
from soc.logstore.fields import FIELDS, Field, Kind
from soc.text import t

#: each part of the language with a query that uses it; the words are the catalogue's
HELP: tuple[tuple[str, str], ...] = (
    ("words", "SELECT"),
    ("phrase", '"public.residents"'),
    ("field", "guanlan.level:G4"),
    ("join", "guanlan.level:G4 AND NOT actor.user.name:app_*"),
    ("groups", "guanlan.level:(G3 OR G4) AND (status_id:2 OR guanlan.export:true)"),
    ("compared", "guanlan.rows:>=1000"),
    ("range", "http_response.code:[400 TO 499]"),
    ("open_range", "guanlan.rows:[1000 TO *]"),
    ("time", "time:>=now-24h"),
    ("day", "time:[2026-10-01 TO 2026-10-31]"),
    ("jokers", "actor.user.name:app_* OR actor.user.name:user00?"),
    ("exists", "_exists_:guanlan.rules"),
    ("network", "src_endpoint.ip:10.0.0.0/8"),
    ("escape", 'message:"a \\"quoted\\" word"'),
)
#: texts that begin a condition, and whether one goes on writing within
_BEGINNINGS = (("NOT ", "not"), ("(", "group"), ("_exists_:", "exists"), ('"', "phrase"))
_JOINS = (("AND ", "and"), ("OR ", "or"), ("AND NOT ", "and_not"))


def syntax_at(place: Place, today: datetime) -> list[Suggestion]:
    """Return what the language offers at a place; ``today`` fills the examples of times."""
    wanted = f"{place.lead}{place.pre}".lower()
    return [one for one in _offered(place, today) if one.text.lower().startswith(wanted)]


def _offered(place: Place, today: datetime) -> list[Suggestion]:
    match place.wanted:
        case Wanted.CONDITION:
            return _beginning(place)
        case Wanted.JOIN:
            return _joining(place)
        case Wanted.VALUE:
            return _of_value(place, today)
        case Wanted.BOUND:
            return _bounds(place, today)
        case Wanted.TO:
            return [_made("TO ", "to", more=True)]
        case Wanted.END:
            return [_made("]", "range_end"), _made("}", "range_end_open")]
        case Wanted.NOTHING:
            return []


def _made(text: str, what: str, *, label: str = "", more: bool = False, back: int = 0) -> Suggestion:
    return Suggestion(text, (label or text).strip(), t(f"logsearch.syntax.{what}"), more=more, back=back)


def _beginning(place: Place) -> list[Suggestion]:
    if place.field:  # of a group of values
        return [_made("NOT ", "not", more=True)]
    made = [_made(text, what, more=True) for text, what in _BEGINNINGS]
    return made if not place.pre else [one for one in made if one.label != place.pre]


def _joining(place: Place) -> list[Suggestion]:
    made = [_made(text, what, more=True) for text, what in _JOINS]
    return [*made, _made(")", "close")] if place.depth and not place.pre else made


def _of_value(place: Place, today: datetime) -> list[Suggestion]:
    field = FIELDS.get(place.field)
    if field is None:
        return []
    return list(_forms(place, field, today))


def _forms(place: Place, field: Field, today: datetime) -> Iterator[Suggestion]:
    """Yield the forms that a value of such a field has."""
    lead = place.lead
    if place.pre:
        if field.kind is Kind.KEYWORD and place.pre.isalnum():
            yield _made(f"{lead}{place.pre}*", "prefix", label=f"{place.pre}*")
        return
    if field.kind is Kind.INSTANT:
        for one in (">=now-24h", ">=now-7d", f"{today:%Y-%m-%d}"):
            yield _made(lead + one, "day" if one[0] != ">" else "since", label=one)
    if field.kind in (Kind.WHOLE, Kind.INSTANT):
        for sign, what in ((">=", "at_least"), (">", "more"), ("<=", "at_most"), ("<", "less")):
            yield _made(lead + sign, what, label=sign, more=True)
        yield _made(f"{lead}[ TO ]", "range", label="[ TO ]", more=True, back=len(" TO ]"))
    if field.name.endswith(".ip"):
        yield _made(f"{lead}10.0.0.0/8", "network", label="10.0.0.0/8")
    if field.kind is Kind.KEYWORD:
        yield _made(f"{lead}()", "values", label="(… OR …)", more=True, back=1)
    if field.kind in (Kind.KEYWORD, Kind.TEXT):
        yield _made(f'{lead}""', "quoted", label='"…"', more=True, back=1)
    yield _made(f"{lead}*", "any", label="*")


def _bounds(place: Place, today: datetime) -> list[Suggestion]:
    field = FIELDS.get(place.field)
    if field is None or field.kind not in (Kind.WHOLE, Kind.INSTANT):
        return []
    made = [_made(f"{place.lead}{one}", "bound_time", label=one) for one in _times(field, today)]
    return made if place.lead else [*made, _made("*", "open_end")]


def _times(field: Field, today: datetime) -> tuple[str, ...]:
    return ("now-24h", "now-7d", "now-30d", f"{today:%Y-%m-%d}") if field.kind is Kind.INSTANT else ()
