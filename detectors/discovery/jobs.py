"""Scanning a source in the background, as somebody ordered on its page or its schedule fell due."""

from uuid import UUID

from detectors.discovery.scanning.conduct import EndedEarly, Order, Signal
from detectors.discovery.scanning.keeping import Desk, scan_kept
from detectors.discovery.scanning.models import Mode
from detectors.discovery.scanning.progress import Progress
from detectors.discovery.service import Location, active_policy
from detectors.discovery.sources.base import Sampling
from soc.jobs import CancelledError, JobContext, PausedError
from soc.ledger.models import Source
from soc.ledger.sources import url_of
from soc.text import Message


def scan_source(context: JobContext) -> None:
    """Scan the source that ``params["source"]`` names; what was read stays, however this run ends.

    ``params["mode"]`` is one of :class:`Mode`, what changed where it is missing.

    Raises:
        SocError: the source does not answer, or is being scanned already.
        CancelledError: a person asked to stop; nothing is kept.
        PausedError: a person asked to pause; what is done is kept.
    """
    mode = Mode(context.params.get("mode", Mode.CHANGED))
    with context.database.read() as session:
        source = session.get_one(Source, UUID(context.params["source"]))
        address, policy = url_of(context.settings, source), active_policy(session, source.org)
    order = Order(source.name, address, Sampling(full=mode is Mode.FULL), policy)
    desk = Desk(context.database, context.settings, context.actor, context.run_id)
    try:
        scan_kept(desk, Location(source.name, address, source), source.org, order, mode, _watching(context))
    except EndedEarly as ended:
        raise (PausedError if ended.signal is Signal.PAUSE else CancelledError) from ended


def _watching(context: JobContext):  # type: ignore[no-untyped-def]  # a Watch
    def watch(progress: Progress) -> Signal:
        message = Message("discovery.scanning", {"name": progress.name}).as_json() if progress.name else None
        try:
            context.progress(progress.settled, progress.total, message)
        except PausedError:
            return Signal.PAUSE
        except CancelledError:
            return Signal.CANCEL
        return Signal.GO

    return watch
