"""Whose logs somebody brings where they name no organisation."""

import pytest
from sqlalchemy.orm import Session

from audit.ingest.scope import checked_org
from soc.centre import keep_centre, named_centre
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.tiers.models import Organisation
from tests.conftest import MakePerson


def test_logs_of_the_command_line_are_the_centres(session: Session, operator: Actor, person: MakePerson) -> None:
    assert checked_org(session, operator, None) == "440000"
    keep_centre(session, operator, named_centre(session.get_one(Organisation, "440100"), "", ""))
    assert checked_org(session, operator, None) == "440100"
    assert checked_org(session, operator, "440300") == "440300"
    assert checked_org(session, person(org="440103"), None) == "440103"
    with pytest.raises(InputError):
        checked_org(session, person(org="440103"), "440100")
