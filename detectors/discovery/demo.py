"""The demo's scans: each made-up database is registered, scanned and, by some owners, confirmed."""

from config.settings import Settings
from detectors.discovery.scanning.conduct import Order, Signal
from detectors.discovery.scanning.keeping import Desk, scan_kept
from detectors.discovery.scanning.models import Mode
from detectors.discovery.service import active_policy, locate
from detectors.discovery.sources.base import Sampling
from soc.clock import now
from soc.db import Database
from soc.demo.embedded import databases
from soc.identity.actors import operator_actor
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.service import confirm_item
from soc.ledger.sources import NewSource, ensure_source
from soc.tiers.scope import within

#: of ten items, how many an owner has confirmed by now; the others wait for the visitor
_CONFIRMED = {"440000": 3, "440100": 9, "440200": 5, "440300": 10, "440400": 2, "440500": 0, "440600": 8, "441900": 7}


def scan_all(database: Database, settings: Settings) -> None:
    """Scan every database of the demo into the ledger."""
    desk = Desk(database, settings, lambda session: operator_actor(session, "demo"))
    for org, name, path in databases(settings):
        url = f"sqlite:///{path}"
        with database.write() as session:
            actor = operator_actor(session, "demo")
            ensure_source(session, actor, settings, NewSource(name, url, org))
            place = locate(session, actor, settings, name, org)
            policy = active_policy(session, org)
        order = Order(name, url, Sampling(), policy)
        scan_kept(desk, place, org, order, Mode.CHANGED, lambda _progress: Signal.GO)
        _confirm_some(database, org)


def _confirm_some(database: Database, org: str) -> None:
    share = _CONFIRMED.get(org, 4)
    with database.write() as session:
        actor = operator_actor(session, "demo-owner")
        found = within(actor, LedgerItem).where(LedgerItem.org == org, LedgerItem.type.is_not(None))
        for number, item in enumerate(session.scalars(found.order_by(LedgerItem.name))):
            if number % 10 < share and item.status is ItemStatus.PROPOSED:
                confirm_item(session, actor, item, at=now())
