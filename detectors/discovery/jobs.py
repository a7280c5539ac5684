"""Scanning a source in the background, as somebody ordered on its page."""

from uuid import UUID

from detectors.discovery.scan import Orders, scan
from detectors.discovery.service import active_policy, report_of
from detectors.discovery.sources.base import Sampling
from soc.clock import now
from soc.jobs import JobContext
from soc.ledger.models import Source
from soc.ledger.service import store_scan
from soc.ledger.sources import url_of
from soc.text import Message


def scan_source(context: JobContext) -> None:
    """Scan the source that ``params["source"]`` names and keep what was found; nothing by halves.

    Raises:
        SocError: the source does not answer.
        CancelledError: a person asked to stop.
    """
    with context.database.read() as session:
        source = session.get_one(Source, UUID(context.params["source"]))
        address, policy = url_of(context.settings, source), active_policy(session, source.org)
    seen: list[str] = []

    def told(name: str) -> None:
        seen.append(name)
        context.progress(len(seen), 0, Message("discovery.scanning", {"name": name}).as_json())

    started = now()
    result = scan([address], Orders(sampling=Sampling(), policy=policy, progress=told))
    report = report_of(result, started_at=started, finished_at=now(), full=False)
    with context.database.write() as session:
        store_scan(session, context.actor(session), session.get_one(Source, source.id), report)
