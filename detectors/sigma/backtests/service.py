"""Ordering backtests and finding them again: by the digest of exactly what was tried, within what the reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.backtests.result import History
from detectors.sigma.findings import name_of
from detectors.sigma.own.book import KEY, org_of, tag_of
from detectors.sigma.own.finding import find_own
from detectors.sigma.own.service import TABLES
from detectors.sigma.own.trial import Trial, problems_here, trial_of, trial_of_kept
from soc.approvals.models import Approval
from soc.approvals.service import digest_of
from soc.errors import ConflictError, NotFoundError
from soc.identity.actor import Actor
from soc.jobs import JobRun, RunStatus, cancel, enqueue
from soc.tiers.scope import find_within, in_scope, narrowed, scope_codes, within
from soc.trail import Act, record
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from soc.versions.service import FaultyBodyError

#: the job that tries a rule, see :mod:`detectors.sigma.backtests.jobs`
JOB = "rules.backtest"
#: days that may be looked back on; a command may name others
DAYS = (7, 30, 90, 180)
#: runs of one text that are looked through for one that the reader may see
_MOST = 20
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to be tried: one of ``owner``'s as ``text``, or a kept one (None), by the name that its events would have.

    ``beside`` are the owner's own rules that a correlation stands on, as they would be in force with it.
    """

    owner: str
    rule_id: str
    name: dict[str, str]
    digest: str
    text: str | None = None
    beside: tuple[dict[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what a run keeps of it."""
        told = {"owner": self.owner, "rule": self.rule_id, "name": self.name, "digest": self.digest}
        return told | {"text": self.text, "beside": list(self.beside)}

    @classmethod
    def from_json(cls, kept: Body) -> "Draft":
        """Read back what :meth:`as_json` wrote."""
        beside = tuple(dict(one) for one in kept["beside"])
        return cls(kept["owner"], kept["rule"], dict(kept["name"]), kept["digest"], kept["text"], beside)

    def bound(self, session: Session) -> Trial:
        """Bind it to what it would be matched with today.

        Raises:
            FaultyBodyError: something that it stands on is gone.
        """
        if self.text is None:
            return trial_of_kept(session, self.rule_id)
        return _bound(session, self.owner, {KEY: list(self.beside)}, self.text)


def _bound(session: Session, org: str, body: Body, text: str) -> Trial:
    problems = problems_here(session, org, body, text)
    if problems:
        raise FaultyBodyError(problems)
    return trial_of(session, org, body, text)


def draft_of_text(session: Session, org: str, body: Body, text: str) -> Draft:
    """A rule that is written or waits, among the others of ``body``.

    Raises:
        FaultyBodyError: it cannot be matched here.
    """
    trial = _bound(session, org, body, text)
    below = {rule.id for rule in trial.active.rules} if trial.active is not None else set()
    entries = [one for one in body.get(KEY, ()) if "text" in one]
    mine = {tag: one for one in entries if (tag := tag_of(org, one["id"])) in below - {trial.rule.rule_id}}
    beside = tuple({"id": one["id"], "text": one["text"]} for _, one in sorted(mine.items()))
    digest = digest_of({"text": _plain(text), "beside": [_plain(one["text"]) for one in beside]})
    return Draft(org, trial.rule.rule_id, name_of(trial.rule), digest, text, beside)


def _plain(text: str) -> str:
    """A text as it means: a form takes the space around it away and ends lines otherwise than a file does."""
    return text.replace("\r\n", "\n").strip()


def draft_of_rule(session: Session, reader: Actor, tag: str) -> Draft:
    """A rule that is kept or in force, by what events name it.

    Raises:
        NotFoundError: nobody in reach has such a rule.
        InputError: it is kept and cannot be matched.
    """
    if org_of(tag) is not None:
        found = find_own(session, reader, tag)
        return draft_of_text(session, found.org, TABLES.body_of(session, found.org), found.text)
    trial = trial_of_kept(session, tag)
    documents = [row.document for row in (*trial.rows, trial.rule)]
    return Draft(reader.org, tag, name_of(trial.rule), digest_of({"rules": documents}))


def place_of(session: Session, reader: Actor, draft: Draft) -> str:
    """The organisation whose events a rule in force is tried on: where it holds, as far as the reader sees it."""
    return draft.owner if in_scope(session, reader, draft.owner) else reader.org


def changed_rules(session: Session, version: PolicyVersion) -> list[Draft]:
    """The rules that a version writes anew or otherwise than they stand, those at rest left out.

    Raises:
        FaultyBodyError: one of them cannot be matched any more.
    """
    active = versions.active(session, version.kind, version.org)
    held = {one["id"]: one.get("text") for one in (active.body if active else {}).get(KEY, ())}
    entries = [one for one in version.body.get(KEY, ()) if "text" in one and "off" not in one]
    changed = [one["text"] for one in entries if held.get(one["id"]) != one["text"]]
    return [draft_of_text(session, version.org, version.body, text) for text in changed]


def version_of(session: Session, reader: Actor, approval_id: UUID) -> PolicyVersion | None:
    """The version that a proposal of own rules is about; None where it proposes something else.

    Raises:
        NotFoundError: no such proposal within the reader's scope.
    """
    approval = find_within(session, reader, Approval, approval_id)
    if approval.payload.get("kind") != TABLES.kind or "version" not in approval.payload:
        return None
    return session.get(PolicyVersion, UUID(approval.payload["version"]))


def order(session: Session, actor: Actor, draft: Draft, org: str, days: int) -> JobRun:
    """Order a backtest on the events of ``org`` and those below it that the actor sees.

    One of the actor's of the same rule that has not ended is cancelled.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
    """
    orgs = sorted(scope_codes(session, narrowed(session, actor, org)))
    live = select(JobRun.id).where(
        JobRun.job == JOB, JobRun.ordered_by == actor.name, JobRun.status.in_((RunStatus.QUEUED, RunStatus.RUNNING))
    )
    mine = live.where(
        JobRun.org == org, JobRun.cancel_asked.is_(False), JobRun.params["rule"].as_string() == draft.rule_id
    )
    for one in session.scalars(mine).all():
        cancel(session, actor, one)
    run = enqueue(session, actor, JOB, draft.as_json() | {"org": org, "orgs": orgs, "days": days}, org=org)
    record(session, actor, Act.BACKTEST_RUN, run, note=draft.rule_id, after={"digest": draft.digest, "days": days})
    return run


def newest(session: Session, reader: Actor, draft: Draft, org: str) -> JobRun | None:
    """The newest backtest of exactly this text at ``org`` that has not been broken off; None where there is none."""
    query = within(reader, JobRun).where(
        JobRun.job == JOB, JobRun.org == org, JobRun.params["digest"].as_string() == draft.digest
    )
    going = query.where(JobRun.status.in_((RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.DONE)))
    found = session.scalars(going.order_by(JobRun.created_at.desc(), JobRun.id.desc()).limit(_MOST)).all()
    codes = scope_codes(session, reader) if found else frozenset()
    return next((one for one in found if codes.issuperset(one.params["orgs"])), None)


def find(session: Session, reader: Actor, run_id: UUID) -> JobRun:
    """Return a run whose events all were of organisations that the reader sees.

    Raises:
        NotFoundError: there is none.
    """
    run = find_within(session, reader, JobRun, run_id)
    if not scope_codes(session, reader).issuperset(run.params.get("orgs", ())):
        raise NotFoundError
    return run


def stop(session: Session, actor: Actor, run_id: UUID) -> JobRun:
    """Ask a backtest to stop; what it has found is kept nowhere.

    Raises:
        NotFoundError: there is none within the actor's scope.
        ConflictError: it has ended, or is another job's run.
    """
    run = find(session, actor, run_id)
    if run.job != JOB:
        raise ConflictError("backtests.error.other_job")
    return cancel(session, actor, run.id)


def draft_in(run: JobRun) -> Draft:
    """What a run tries.

    Raises:
        ConflictError: it is another job's run.
    """
    if run.job != JOB:
        raise ConflictError("backtests.error.other_job")
    return Draft.from_json(run.params)


def history_in(run: JobRun) -> History | None:
    """What a run found; None where it has not ended well."""
    done = run.job == JOB and run.status is RunStatus.DONE and run.message is not None
    return History.from_json(run.message["params"]["history"]) if done and run.message else None
