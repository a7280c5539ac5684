"""Scanning a source in the background, as somebody ordered on its page or its schedule fell due."""

from uuid import UUID

from detectors.discovery.scanning.conduct import EndedEarly, Order, Signal, Watch
from detectors.discovery.scanning.keeping import Desk, scan_kept
from detectors.discovery.scanning.models import Mode
from detectors.discovery.scanning.progress import Progress
from detectors.discovery.scanning.schedules import Window, oldest_of, schedule_of, window_of
from detectors.discovery.scanning.unchanged import OLDEST
from detectors.discovery.service import Location, active_policy
from detectors.discovery.sources.base import Sampling
from soc.clock import now
from soc.jobs import CancelledError, JobContext, JobRun, PausedError
from soc.ledger.models import Source
from soc.ledger.own_types import sought
from soc.ledger.sources import url_of
from soc.text import Message


def scan_source(context: JobContext) -> None:
    """Scan the source that ``params["source"]`` names; what was read stays, however this run ends.

    ``params["mode"]`` is one of :class:`Mode`, what changed where it is missing.

    Raises:
        SocError: the source does not answer, or is being scanned already.
        CancelledError: a person asked to stop; nothing is kept.
        PausedError: a person asked to pause, or its hours are over; what is done is kept.
    """
    mode = Mode(context.params.get("mode", Mode.CHANGED))
    with context.database.read() as session:
        source = session.get_one(Source, UUID(context.params["source"]))
        address, policy = url_of(context.settings, source), active_policy(session, source.org)
        schedule, own = schedule_of(session, source), sought(session, source.org)
        run = session.get(JobRun, context.run_id) if context.run_id else None
    window = window_of(schedule) if context.params.get("scheduled") else None
    order = Order(source.name, address, Sampling(full=mode is Mode.FULL), policy, own=own)
    desk = Desk(context.database, context.settings, context.actor, context.run_id, run.ordered_by if run else "")
    place = Location(source.name, address, source)
    oldest = oldest_of(schedule) or OLDEST
    try:
        scan_kept(desk, place, source.org, order, mode, _watching(context, window), oldest=oldest)
    except EndedEarly as ended:
        raise (PausedError if ended.signal is Signal.PAUSE else CancelledError) from ended


def _watching(context: JobContext, window: Window | None) -> Watch:
    """Tell the run how far it is, and heed what people want and the hours in which the source may be read."""

    def watch(progress: Progress) -> Signal:
        message = Message("discovery.scanning", {"name": progress.name}).as_json() if progress.name else None
        try:
            context.progress(progress.settled, progress.total, message)
        except PausedError:
            return Signal.PAUSE
        except CancelledError:
            return Signal.CANCEL
        closed = window is not None and not window.holds(now(), context.settings.timezone)
        return Signal.PAUSE if closed else Signal.GO

    return watch
