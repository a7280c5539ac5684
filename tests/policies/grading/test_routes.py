"""The pages of the policy administrator: levels as tables, a change tried, proposed, approved by another."""

import re

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.versions.models import PolicyVersion, VersionStatus
from tests.browsing import SignIn, api, app, client, sign_in

__all__ = ["api", "app", "client", "sign_in"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_policy_shows_in_both_languages(sign_in: SignIn, lang: str) -> None:
    answer = sign_in(Role.POLICY).get("/grading/", headers={"Accept-Language": lang})
    assert answer.status_code == 200
    assert answer.text.count('name="levels"') == 160


def test_who_may_only_read_gets_no_fields(sign_in: SignIn) -> None:
    assert 'name="levels"' not in sign_in(Role.AUDITOR).get("/grading/").text


def test_a_change_is_tried_without_being_stored(sign_in: SignIn, database: Database) -> None:
    page = sign_in(Role.POLICY).send("/grading/try", {"levels": ["type:uscc=G4", "category:ZY03=G4"]})
    assert page.status_code == 200
    assert page.text.count('name="levels"') == 1
    with database.read() as session:
        assert (
            session.scalars(
                select(PolicyVersion).where(PolicyVersion.kind == "grading", PolicyVersion.number > 1)
            ).all()
            == []
        )


def test_a_change_is_proposed_and_waits_for_somebody_else(sign_in: SignIn, database: Database) -> None:
    author = sign_in(Role.POLICY)
    answer = author.send("/grading/propose", {"levels": ["type:uscc=G4"], "reason": "新规定"})
    assert answer.status_code == 302
    assert author.get(answer.headers["Location"]).status_code == 200
    with database.read() as session:
        found = session.scalars(select(PolicyVersion).where(PolicyVersion.status == VersionStatus.PROPOSED)).one()
        assert found.body["types"]["uscc"] == "G4"
    waiting = sign_in(Role.POLICY).get("/approvals/").text
    assert re.search(r"grading v\d", waiting)


@pytest.mark.parametrize("level", ["type:uscc=G9", "type:nothing=G1", "category:ZZ99=G1", "type:uscc=I", "x"])
def test_a_level_that_does_not_exist_is_refused(sign_in: SignIn, level: str) -> None:
    assert sign_in(Role.POLICY).send("/grading/propose", {"levels": [level], "reason": "x"}).status_code == 422
