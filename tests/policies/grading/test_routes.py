"""The pages of the policy administrator: levels as tables, a change tried, proposed, approved by another."""

import re
from datetime import UTC, datetime

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


def test_a_change_is_a_draft_that_says_what_it_would_do(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.POLICY)
    answer = browser.send("/grading/levels", {"levels": ["type:uscc=G4", "category:ZY03=G4"]})
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "types/uscc" in page.text
    with database.read() as session:
        drafts = session.scalars(select(PolicyVersion).where(PolicyVersion.status == VersionStatus.DRAFT)).all()
        assert [one.body["types"]["uscc"] for one in drafts] == ["G4"]


def test_levels_that_are_in_force_already_make_no_draft(sign_in: SignIn) -> None:
    answer = sign_in(Role.POLICY).send("/grading/levels", {"levels": ["type:uscc=G1"]})
    assert answer.headers["Location"].endswith("/grading/")


def test_a_change_is_proposed_and_waits_for_somebody_else(sign_in: SignIn, database: Database) -> None:
    author = sign_in(Role.POLICY)
    author.send("/grading/levels", {"levels": ["type:uscc=G4"]})
    answer = author.send("/grading/draft/propose", {"reason": "新规定", "starts_at": "2099-01-01T08:00"})
    assert answer.status_code == 302
    assert author.get(answer.headers["Location"]).status_code == 200
    with database.read() as session:
        found = session.scalars(select(PolicyVersion).where(PolicyVersion.status == VersionStatus.PROPOSED)).one()
        assert found.body["types"]["uscc"] == "G4"
        assert found.active_from == datetime(2099, 1, 1, tzinfo=UTC)
    waiting = sign_in(Role.POLICY).get("/approvals/").text
    assert re.search(r"grading v\d", waiting)


@pytest.mark.parametrize("level", ["type:uscc=G9", "type:nothing=G1", "category:ZZ99=G1", "type:uscc=I", "x"])
def test_a_level_that_does_not_exist_is_refused(sign_in: SignIn, level: str) -> None:
    assert sign_in(Role.POLICY).send("/grading/levels", {"levels": [level]}).status_code == 422


def test_nothing_can_be_proposed_without_a_draft(sign_in: SignIn) -> None:
    assert sign_in(Role.POLICY).send("/grading/draft/propose", {"reason": "x"}).status_code == 422


def test_a_draft_that_is_thrown_away_is_gone(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY)
    browser.send("/grading/levels", {"levels": ["type:uscc=G4"]})
    browser.send("/grading/draft/discard")
    assert "types/uscc" not in browser.get("/grading/draft/").text


def test_another_persons_draft_is_not_mine(sign_in: SignIn) -> None:
    sign_in(Role.POLICY).send("/grading/levels", {"levels": ["type:uscc=G4"]})
    assert "types/uscc" not in sign_in(Role.POLICY).get("/grading/draft/").text
