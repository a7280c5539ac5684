"""A backtest as a job: how far it is can be seen, and it can be stopped; what it found is the run's message."""

import time
from collections.abc import Callable
from datetime import timedelta

import polars as pl

from detectors.sigma.backtests.result import history_of
from detectors.sigma.backtests.service import Draft
from detectors.sigma.history import judged, known_to
from soc.clock import now
from soc.errors import InputError
from soc.jobs import JobContext
from soc.logstore.port import SearchRequest
from soc.logstore.query import Scope

#: seconds between two looks at whether it goes on
_EVERY = 1.0


def backtest(context: JobContext) -> None:
    """Match the rule of ``params`` on the stored events of ``params["orgs"]``, the newest first.

    Raises:
        SocError: the rule cannot be matched, or the store is away.
        CancelledError: a person asked to stop; what was found is kept nowhere.
    """
    given, until = context.params, now()
    since, orgs = until - timedelta(days=given["days"]), frozenset(given["orgs"])
    with context.database.read() as session:
        trial = Draft.from_json(given).bound(session)
    store, scope = context.store(), Scope(orgs)
    total = store.count(SearchRequest(trial.query, since, until, scope))
    try:
        found = judged(store, trial, known_to(context.database), scope, since, until, _watch(context, total))
    except pl.exceptions.PolarsError as error:
        raise InputError("own_rules.try.broken") from error
    with context.database.read() as session:
        history = history_of(session, context.settings, found, given["org"], orgs, given["rule"])
    counts = {"hits": history.hits, "count": history.raised, "read": history.read}
    message = {"key": "backtests.done", "params": counts | {"history": history.as_json()}}
    context.progress(history.read, history.read, message)


def _watch(context: JobContext, total: int) -> Callable[[int], None]:
    """Say how far it is, at once and then every second."""
    told = float("-inf")

    def watch(read: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _EVERY:
            context.progress(read, max(read, total))
            told = time.monotonic()

    return watch
