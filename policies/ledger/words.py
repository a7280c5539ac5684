"""Evidence in words: what was looked at, what speaks for the finding, what spoke against it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from policies.grading.taxonomy import taxonomy
from soc.ledger.models import LedgerItem
from soc.ledger.stewardship import FIELDS
from soc.ledger.types import category_title, types
from soc.text import language, t
from soc.web.context import current_settings
from soc.web.organisations import org_name
from soc.web.show import number, percent


def title_of(kind: str | None) -> str:
    """The name of a type in the reader's language."""
    if kind is None:
        return t("ledger.not_sensitive")
    known = types().get(kind)
    return known.title(language()) if known else kind


def category_words(category: str | None) -> str:
    """A category in the reader's language: of the taxonomy with its domain, else the class of the item's type."""
    known = next((one for one in taxonomy() if one.code == category), None)
    if known is None:
        return category_title(category, language()) if category else ""
    return f"{known.code} {t(f'ledger.domain.{known.code[:2]}')} / {category_title(known.title, language())}"


def evidence_words(item: LedgerItem) -> list[str]:
    """The evidence of an item's last scan, one sentence each."""
    return list(_said(item.evidence or {}, item.scan_type or item.type))


def _said(evidence: dict[str, Any], kind: str | None) -> Iterator[str]:
    filled, distinct = evidence.get("filled", 0), evidence.get("distinct", 0)
    if not distinct:
        yield t("ledger.words.empty")
    else:
        yield t("ledger.words.looked", filled=number(filled), distinct=number(distinct))
    if kind is not None:
        yield from _for(evidence, title_of(kind), filled=bool(distinct))
    if evidence.get("shape"):
        yield t("ledger.words.shape", shape=evidence["shape"])
    rival = evidence.get("rival")
    if rival:
        yield t("ledger.words.rival", type=title_of(rival.get("type")), share=percent(rival.get("confidence", 0.0)))


def _for(evidence: dict[str, Any], title: str, *, filled: bool) -> Iterator[str]:
    if filled:
        yield t("ledger.words.matched", share=percent(evidence.get("matched", 0.0)), type=title)
    if evidence.get("checked") is not None:
        yield t("ledger.words.checked", share=percent(evidence["checked"]), chance=percent(evidence.get("chance", 0.1)))
    if evidence.get("masked"):
        yield t("ledger.words.masked", share=percent(evidence["masked"]))
    if evidence.get("embedded"):
        yield t("ledger.words.embedded", share=percent(evidence["embedded"]), type=title)
    if evidence.get("name"):
        yield t("ledger.words.name")
    elif evidence.get("resembles"):
        yield t("ledger.words.resembles", share=percent(evidence["resembles"]))
    else:
        yield t("ledger.words.no_name")
    if evidence.get("neighbour"):
        yield t("ledger.words.neighbour", column=evidence["neighbour"])
    if evidence.get("unverified"):
        yield t("ledger.words.unverified")


def shown(name: str, value: Any) -> str:
    """A field's value in words, as the change log keeps it or as the row has it."""
    if value is None or value in ("", []):
        return "–"
    plain = getattr(value, "value", value)
    kind = FIELDS.get(name)
    if kind is not None and plain in {one.value for one in kind}:
        return t(f"ledger.{name}.{plain}")
    teller = _TELLERS.get(name)
    return teller(plain) if teller else str(plain)


def _instant(value: Any) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(current_settings().timezone).strftime("%Y-%m-%d %H:%M")


def _listed(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


_TELLERS: dict[str, Callable[[Any], str]] = {
    "owner": org_name,
    "type": title_of,
    "category": category_words,
    "status": lambda value: t(f"ledger.status.{value}"),
    "reason": lambda value: t(f"ledger.reason.{value}"),
    "kind": lambda value: t(f"ledger.table_kind.{value}"),
    "masked": lambda value: t("word.yes") if value else t("word.no"),
    "next_review": lambda value: _instant(value)[:10],
    "decided_at": _instant,
    "gone_at": _instant,
    "rows": number,
    "parts": _listed,
    "flags": _listed,
}
