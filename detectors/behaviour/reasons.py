"""A day's finding in words: who did what to which data, how unusual that is, and what was new."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from detectors.behaviour.assess import Assessed
from detectors.behaviour.facts import EntityDay
from detectors.behaviour.season import Occasion
from detectors.behaviour.unusual import View
from detectors.findings import MOST_TABLES, EntityKind, FindingKind, NewFinding, RiskPart
from detectors.leakage.exposure import Exposure, exposure_of
from soc.exposure import Basis, Figure
from soc.logstore.lucene import term
from soc.text import Message
from soc.workdays import is_known

_MOST_NAMES = 3
#: a rise that is told of as the post's or the occasion's: less is within what weeks differ by
_LEAST_TIMES = 1.3
#: below this a view is no reason
_LEAST_SURPRISE = 0.4


def finding_of(assessed: Assessed, log_org: str) -> NewFinding:
    """Tell of an unusual day of an entity in the logs of ``log_org``."""
    one, exposed = assessed.day, exposure_of(assessed.day.facts)
    return NewFinding(
        org=one.key.org,
        kind=FindingKind.BEHAVIOUR,
        entity_kind=EntityKind(one.key.kind),
        entity_name=one.key.account,
        title=_title(one, exposed),
        reasons=reasons_of(assessed, exposed),
        parts=_parts(assessed),
        score=assessed.unusual.score,
        level=exposed.level,
        rows=exposed.rows,
        persons=exposed.persons,
        events=[uid for _, uid in one.facts.events],
        first_at=_instant(one.facts.first),
        last_at=_instant(one.facts.last),
        dedup_key=f"behaviour/{log_org}/{one.key.reference}/{one.day.isoformat()}",
        details={
            "day": one.day.isoformat(),
            "post": one.key.post,
            "tables": list(_heaviest(one.facts.tables))[:MOST_TABLES],
            "probability": round(assessed.unusual.probability, 4),
        },
    )


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _title(one: EntityDay, exposed: Exposure) -> Message:
    key = "behaviour.title_graded" if exposed.leading else "behaviour.title"
    return Message(
        key,
        {
            "who": _who(one),
            "rows": rows_text(exposed.rows),
            "level": exposed.leading,
            "tables": _names(_heaviest(one.facts.tables)),
        },
    )


def _who(one: EntityDay) -> Message:
    if one.key.service:
        return Message("behaviour.who_application", {"account": one.key.account})
    if one.key.post:
        return Message("behaviour.who_with_post", {"post": one.key.post, "account": one.key.account})
    return Message("behaviour.who", {"account": one.key.account})


def rows_text(figure: Figure) -> Message:
    """A figure of rows with what it rests on."""
    if figure.high is None:
        return Message("behaviour.rows_unbounded", {"low": figure.low})
    if figure.basis is Basis.UNKNOWN:
        return Message("behaviour.rows_unknown", {"high": figure.high})
    return Message("behaviour.rows_counted", {"count": figure.low})


def reasons_of(assessed: Assessed, exposed: Exposure) -> list[Message]:
    """Sentences, the exposure first, then how unusual, then what was new."""
    found = [Message("behaviour.reason.exposed", {"rows": rows_text(exposed.rows), "level": exposed.leading or "?"})]
    if exposed.persons.high is None or exposed.persons.high > 0:
        found.append(_persons(exposed.persons))
    found += asked_reasons(assessed.day.facts.through)
    if assessed.day.key.service:
        found.append(Message("behaviour.reason.unattributed"))
    return found + _how_unusual(assessed) + _what_was_new(assessed)


def asked_reasons(through: Mapping[str, float]) -> list[Message]:
    """Say of what applications did for somebody through whose accounts that was, and how one knows: both are shown."""
    accounts: dict[str, list[str]] = {}
    for place in sorted(through):
        account, _, basis = place.rpartition("/")
        accounts.setdefault(basis, []).append(account)
    return [
        Message(f"behaviour.reason.asked_{basis}", {"accounts": _names(tuple(of))}) for basis, of in accounts.items()
    ]


def _persons(figure: Figure) -> Message:
    if figure.high is None:
        return Message("behaviour.reason.persons_unbounded")
    return Message("behaviour.reason.persons", {"high": figure.high})


def _how_unusual(assessed: Assessed) -> list[Message]:
    unusual, found = assessed.unusual, []
    if unusual.times_habit is None:
        found.append(Message("behaviour.reason.no_habit", {"days": unusual.own_days}))
    elif unusual.times_habit >= 2:
        key = "behaviour.reason.times_habit_grave" if assessed.day.facts.grave else "behaviour.reason.times_habit"
        found.append(Message(key, {"times": round(unusual.times_habit, 1)}))
    found += _occasion(assessed)
    if unusual.peer_percentile is not None and unusual.peer_percentile >= 95:
        params = {"percentile": round(unusual.peer_percentile, 1), "peers": assessed.peers}
        found.append(Message("behaviour.reason.peers", params))
    if unusual.surprises[View.LOOKED_UP] >= _LEAST_SURPRISE:
        found.append(_looked_up(assessed))
    return found


def _occasion(assessed: Assessed) -> list[Message]:
    """How far the whole post rose that day, and what is usual on such days, beside this person's rise."""
    explained, times = assessed.unusual.explained, assessed.unusual.times_habit
    if times is None:
        return []
    which = int(assessed.day.facts.grave > 0)
    of_post, of_like = (math.exp(float(rise[which])) for rise in (explained.today, explained.like))
    occasion, found = _named(explained.occasion), []
    if of_post >= _LEAST_TIMES:
        figures = {"post": round(of_post, 1), "times": round(times, 1), "occasion": occasion}
        found.append(Message("behaviour.reason.whole_post", figures))
    if of_like >= _LEAST_TIMES:
        found.append(Message("behaviour.reason.like_days", {"like": round(of_like, 1), "occasion": occasion}))
    if found and not is_known(assessed.day.day):
        found.append(Message("behaviour.reason.calendar_unknown", {"year": str(assessed.day.day.year)}))
    return found


def _named(occasion: Occasion | None) -> Message:
    return Message(f"behaviour.occasion.{occasion.value if occasion else 'none'}")


def _looked_up(assessed: Assessed) -> Message:
    """How many different subjects, beside what is usual for oneself and for the peers as far as that is known."""
    unusual, count = assessed.unusual, assessed.day.facts.looked_up
    if unusual.usual_subjects is not None:
        return Message("behaviour.reason.looked_up", {"count": count, "usual": unusual.usual_subjects})
    return Message("behaviour.reason.looked_up_peers", {"count": count, "usual": unusual.peers_subjects or 0})


def _what_was_new(assessed: Assessed) -> list[Message]:
    unusual, found = assessed.unusual, []
    if unusual.new_tables and unusual.surprises[View.NEW_TABLES] >= _LEAST_SURPRISE:
        found.append(Message("behaviour.reason.new_tables", {"tables": _names(unusual.new_tables)}))
    if unusual.surprises[View.NEW_SHAPES] >= _LEAST_SURPRISE:
        found.append(Message("behaviour.reason.new_shapes", {"share": round(100 * unusual.new_shape_share)}))
    if unusual.odd_hours and unusual.surprises[View.HOURS] >= _LEAST_SURPRISE:
        found.append(Message("behaviour.reason.odd_hours", {"hours": _hours(unusual.odd_hours)}))
    if unusual.surprises[View.EXPORT] >= _LEAST_SURPRISE:
        found.append(Message("behaviour.reason.first_export", {"count": assessed.day.facts.exports}))
    if unusual.new_hosts:
        found.append(Message("behaviour.reason.new_address", {"address": _names(unusual.new_hosts)}))
    return found


def _parts(assessed: Assessed) -> list[RiskPart]:
    """The score shared out among the views, largest first; each with the search for what is behind it."""
    surprises = assessed.unusual.surprises
    total = sum(surprises.values()) or 1.0
    query = query_of(assessed.day)
    shares = [(round(assessed.unusual.score * nats / total), view) for view, nats in surprises.items()]
    return [
        RiskPart(Message(f"behaviour.view.{view.value}"), points, _query(query, assessed, view))
        for points, view in sorted(shares, key=lambda one: -one[0])
        if points > 0
    ]


def query_of(one: EntityDay) -> str:
    """The search for what is charged to an entity: under its account, and what an application did for it."""
    mine = term("actor.user.name", one.key.account)
    return f"({mine} OR {term('guanlan.asked_by', one.key.account)})" if one.facts.through else mine


def _query(query: str, assessed: Assessed, view: View) -> str:
    if view is View.NEW_TABLES and assessed.unusual.new_tables:
        return f'{query} AND guanlan.tables:"{assessed.unusual.new_tables[0]}"'
    if view is View.LOOKED_UP:
        return f"{query} AND guanlan.subjects:* AND NOT guanlan.business:*"
    return f"{query} AND guanlan.export:true" if view is View.EXPORT else query


def _heaviest(weights: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(weights, key=lambda name: -weights[name]))


def _names(names: tuple[str, ...]) -> list[str]:
    """The first few of them; a list is joined in the reader's language."""
    more = ["…"] if len(names) > _MOST_NAMES else []
    return [*names[:_MOST_NAMES], *more] or ["–"]


def _hours(hours: tuple[int, ...]) -> str:
    return "、".join(f"{hour:02d}:00" for hour in hours[:_MOST_NAMES])
