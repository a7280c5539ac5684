"""The job that learns from verdicts anew, each night, for every organisation that has enough of them."""

from collections.abc import Iterator

from incidents.calibration.learning import Learnt, Outcome, learn_anew, places
from soc.db import Database
from soc.identity.actors import job_actor
from soc.jobs import JobContext
from soc.text import Message

_ACTOR = "calibration"


def learn(context: JobContext) -> None:
    """Learn anew; ``params["org"]`` names one organisation. What came of it stands in the run."""
    found = list(learn_everywhere(context.database, context.params.get("org")))
    replaced = sum(one.outcome is Outcome.REPLACED for one in found)
    kept = sum(one.outcome is Outcome.KEPT for one in found)
    done = Message("calibration.run_done", {"orgs": len(found), "replaced": replaced, "kept": kept})
    context.progress(len(found), len(found), done.as_json())


def learn_everywhere(database: Database, org: str | None = None) -> Iterator[Learnt]:
    """Learn at one organisation, or at each within whose scope something was decided; each is a transaction."""
    with database.read() as session:
        orgs = [org] if org else places(session, job_actor(session, _ACTOR))
    for one in orgs:
        with database.write() as session:
            yield learn_anew(session, job_actor(session, _ACTOR), one)
