"""Records that were read again are looked at by the rules, as if they had been readable at once."""

from sqlalchemy import select

from audit.ingest.models import QuarantinedRecords
from audit.ingest.quarantine import replay
from detectors.findings import Finding
from detectors.sigma.service import keep_library
from soc.identity.actors import operator_actor
from tests.audit.ingest.at_work import Installation, nginx
from tests.audit.ingest.conftest import at_work  # noqa: F401 - fixture

ATTACK = "/search?q=1%27%20UNION%20SELECT%20username,password%20FROM%20users--"


def test_an_attack_in_lines_that_came_under_a_wrong_name_is_raised_when_they_are_read_again(
    at_work: Installation,  # noqa: F811
) -> None:
    database = at_work.database
    with database.write() as session:
        operator = operator_actor(session)
        keep_library(session, operator)
    assert at_work.send(nginx("/a", ATTACK), name="pgaudit").quarantined == 2
    at_work.work()
    with database.read() as session:
        entry = session.scalars(select(QuarantinedRecords.id)).one()
        assert session.scalars(select(Finding)).all() == []
    replay(database, operator, entry, at_work.spool, "nginx")
    at_work.work()
    with database.read() as session:
        raised = {one.rule_id for one in session.scalars(select(Finding))}
    assert raised
    tagged = [one["guanlan.rules"] for one in at_work.stored("guanlan.rules") if one["guanlan.rules"]]
    assert raised >= {rule for rules in tagged for rule in rules} != set()
