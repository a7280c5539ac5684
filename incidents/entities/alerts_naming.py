"""Alerts that name an entity: those about it, and those whose findings name it in what they tell."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, or_
from sqlalchemy.orm import Session

from detectors.findings import EntityKind
from incidents.alerts.models import Alert, AlertFinding
from soc.entities import ACCOUNT, Kind, LogEntity
from soc.identity.actor import Actor
from soc.tiers.scope import within

#: how far back alerts are looked for
SPAN = timedelta(days=90)
MOST = 100
#: findings whose details are read; the newest ones
_MOST_FINDINGS = 2_000
#: where a finding's details name what it is about: the tables, and what a correlation counted by
_NAMING = ("tables", "group")


def alerts_naming(session: Session, actor: Actor, entity: LogEntity, *, at: datetime) -> list[Alert]:
    """Return the alerts that name an entity, newest first, of those the actor sees."""
    named = _named(session, actor, entity, at - SPAN)
    query = within(actor, Alert).where(Alert.last_at >= at - SPAN, or_(Alert.id.in_(named), _about(entity)))
    return list(session.scalars(query.order_by(Alert.last_at.desc()).limit(MOST)))


def _about(entity: LogEntity) -> ColumnElement[bool]:
    if entity.kind is Kind.ADDRESS:
        return and_(Alert.entity_kind == EntityKind.ADDRESS.value, Alert.entity_name == entity.name)
    if entity.field == ACCOUNT:
        return and_(Alert.org == entity.org, Alert.entity_name == entity.name)
    return Alert.id.is_(None)


def _named(session: Session, actor: Actor, entity: LogEntity, since: datetime) -> list[UUID]:
    """The text narrows what is read, the details decide: a name may be part of another, or stand elsewhere."""
    written = json.dumps(entity.name, ensure_ascii=False)
    text = cast(AlertFinding.details, Text).contains(written, autoescape=True)
    asked = within(actor, AlertFinding).where(AlertFinding.last_at >= since, text)
    asked = asked.order_by(AlertFinding.last_at.desc()).limit(_MOST_FINDINGS)
    rows = session.execute(asked.with_only_columns(AlertFinding.alert_id, AlertFinding.details))
    return [alert for alert, details in rows if _names(details, entity.name)][: 5 * MOST]


def _names(details: dict[str, Any], name: str) -> bool:
    return any(name in (details.get(place) or ()) for place in _NAMING)
