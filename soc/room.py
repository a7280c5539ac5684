"""What a room offers to the kernel, which knows no room by import.

Heavy things are named, not imported: a :class:`Lazy` is ``"package.module:attribute"``,
resolved at first use, so that ``soc --help`` does not load a model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, NewType, Protocol

from soc.identity.actor import Role

if TYPE_CHECKING:
    import polars as pl

    from config.settings import Settings
    from soc.db import Database
    from soc.logstore.port import LogStore

#: "package.module:attribute"
Lazy = NewType("Lazy", str)


def resolve(name: str) -> Any:
    """Import what a :class:`Lazy` names.

    Raises:
        ImportError: there is no such module or attribute.
    """
    module, _, attribute = name.partition(":")
    found: Any = import_module(module)
    for part in attribute.split("."):
        try:
            found = getattr(found, part)
        except AttributeError as error:
            raise ImportError(f"{name}: no {part}") from error
    return found


@dataclass(frozen=True, slots=True)
class Permission:
    """A right ``<area>.<verb>`` and the roles that hold it."""

    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the left rail; ``count(session, actor)`` is what waits for this person."""

    key: str
    endpoint: str
    permission: str
    order: int
    icon: str
    count: str | None = None
    #: whose day begins here: for them the line stands first
    first_for: Role | None = None


@dataclass(frozen=True, slots=True)
class HeaderChip:
    """``render(session, actor) -> list[Chip]``: what counts down in the top bar (see soc.web.chips)."""

    name: str
    render: str
    permission: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the search everywhere."""

    title: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """``find(session, actor, text) -> list[Hit]``, within the actor's scope."""

    name: str
    find: str
    permission: str


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A click command; the words before the last make groups ("logs search")."""

    name: str
    command: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Work the worker does: every ``every``, by ``cron``, or on demand (``enqueue``)."""

    name: str
    run: str
    every: timedelta | None = None
    cron: str | None = None
    #: a rhythm of seconds leaves no rows: one worker at a time turns it, by a lease
    quiet: bool = False
    #: every worker turns this rhythm: its work shares itself out
    everywhere: bool = False
    #: done once at the end of each command too (news, the trail's order)
    at_desk: bool = False
    #: goes on where it was when it is taken up again
    pausable: bool = False
    #: may take minutes: what takes seconds does not wait behind it (what can be paused is so, too)
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchContext:
    """What a stage may use while a micro-batch passes."""

    database: "Database"
    settings: "Settings"
    store: "LogStore"
    org: str
    log_name: str


class BatchStageRun(Protocol):
    """A stage's function: takes the normalised events, gives them back with more in them."""

    def __call__(self, context: BatchContext, frame: "pl.DataFrame") -> "pl.DataFrame":
        """Work on one micro-batch."""


@dataclass(frozen=True, slots=True)
class BatchStage:
    """A step of the ingest pipeline: enrich 100-199, rules 300, features 400; above 200 after the append."""

    name: str
    order: int
    run: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """``handler(session, actor, event)`` for one event class, exactly once an event."""

    event: str
    handler: str


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """Something two persons decide; ``apply(session, actor, approval)`` does it on approval.

    ``refused(session, actor, approval)`` closes what was proposed when it is rejected, withdrawn or voided.
    ``stands(session, approval) -> bool`` tells whether what it is about is still as it was proposed.
    """

    name: str
    approver_permission: str
    apply: str
    #: where the approver sees what would change: ``describe(session, actor, approval) -> dict`` for the page
    describe: str | None = None
    refused: str | None = None
    stands: str | None = None


@dataclass(frozen=True, slots=True)
class VersionedKind:
    """A document that is proposed, checked, approved and rolled back.

    ``check(body) -> list[Problem]``; ``check_place(session, org, body) -> list[Problem]`` says what an organisation's
    document may not do under those above it; ``what_if(session, actor, old, new) -> WhatIf``;
    ``on_active(session, actor, version)``. The actor of both is narrowed to the document's organisation.
    ``beside`` is the endpoint of a part, by ``approval_id``, that an approver is shown beside what would change.
    """

    name: str
    check: str
    what_if: str
    approver_permission: str
    on_active: str | None = None
    check_place: str | None = None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """``compute(session, actor, org, period) -> Indicator``: a figure of the posture."""

    id: str
    compute: str


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One line of ``soc check``: level is ok, note, weak or bad."""

    level: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """``run(database, settings) -> list[CheckFinding]``: is this part healthy and safe?"""

    name: str
    run: str


@dataclass(frozen=True, slots=True)
class DemoStep:
    """``run(database, settings)``: done once, in order, when a demo starts; done again from its start if killed."""

    order: int
    title_key: str
    run: str


@dataclass(frozen=True, slots=True)
class SetupStep:
    """``run(session, actor)``: default content put in force once, when an installation is made; quick."""

    name: str
    run: str


@dataclass(frozen=True, slots=True)
class Bench:
    """``run(settings) -> dict`` for ``soc bench NAME``; ``takes`` are the numbers it can be told as well."""

    name: str
    run: str
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collector:
    """``collect(session, settings) -> list[tuple[name, help, labels, value]]`` for /metrics."""

    name: str
    collect: str


@dataclass(frozen=True, slots=True)
class ValueTitles:
    """``titles(session, values) -> dict[value, dict[language, title]]``: what the values of a field of events are called.

    ``page`` is the endpoint of the page of one value, which it takes as ``tag``; "" where values have none.
    """

    field: str
    titles: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Foresight:
    """``meet(session, settings, orgs, told, hit, span) -> detectors.sigma.backtests.result.Met``: what a backtest would meet.

    ``told`` are the findings it would raise at ``orgs``, ``hit`` the ids of the events it hits, ``span`` from when to when.
    """

    name: str
    meet: str


@dataclass(frozen=True, slots=True)
class Service:
    """A process beside web and worker: ``run(settings)`` works until SIGTERM; ``soc up`` starts it where ``setting`` is set."""

    name: str
    run: str
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything one room offers."""

    name: str
    blueprints: tuple[str, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    chips: tuple[HeaderChip, ...] = ()
    search: tuple[SearchProvider, ...] = ()
    jobs: tuple[JobSpec, ...] = ()
    commands: tuple[CommandSpec, ...] = ()
    permissions: tuple[Permission, ...] = ()
    batch_stages: tuple[BatchStage, ...] = ()
    indicators: tuple[IndicatorSpec, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    approvals: tuple[ApprovalKind, ...] = ()
    versions: tuple[VersionedKind, ...] = ()
    checks: tuple[Check, ...] = ()
    setup_steps: tuple[SetupStep, ...] = ()
    demo_steps: tuple[DemoStep, ...] = ()
    benches: tuple[Bench, ...] = ()
    collectors: tuple[Collector, ...] = ()
    services: tuple[Service, ...] = ()
    value_titles: tuple[ValueTitles, ...] = ()
    foresights: tuple[Foresight, ...] = ()
    #: modules that define models, imported before the schema is compared or made
    models: tuple[str, ...] = ()
