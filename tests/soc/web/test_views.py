"""Saved views: a person's own, shared with their own centre where they say so, and nobody else's."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.web.views.models import SavedView
from tests.browsing import Browser, SignIn, app, client, sign_in

__all__ = ["app", "client", "sign_in"]
CITY, OTHER = "440100", "440300"


def save(reader: Browser, name: str = "mine<b>", **more: Any) -> int:
    given = {"page": "ledger.index", "query": "type=mobile&page=3&open=x&sort=-rows", "name": name} | more
    return reader.send("/views/save", given).status_code


def test_a_view_is_the_list_s_query_without_the_page_one_was_on(sign_in: SignIn, database: Database) -> None:
    reader = sign_in(Role.OWNER, CITY)
    assert save(reader) == 302
    with database.read() as session:
        view = session.scalars(select(SavedView)).one()
        assert (view.org, view.query, view.shared) == (CITY, "sort=-rows&type=mobile", False)
    page = reader.get("/ledger/").text
    assert "mine&lt;b&gt;" in page
    assert "/ledger/?sort=-rows&amp;type=mobile" in page


@pytest.mark.parametrize(("shared", "org", "sees"), [("1", CITY, True), ("", CITY, False), ("1", OTHER, False)])
def test_a_shared_view_is_for_one_s_own_centre(sign_in: SignIn, shared: str, org: str, *, sees: bool) -> None:
    save(sign_in(Role.OWNER, CITY), "rows-of-mobile", shared=shared)
    assert ("rows-of-mobile" in sign_in(Role.ANALYST, org).get("/ledger/").text) is sees


def test_the_same_name_replaces_the_view(sign_in: SignIn, database: Database) -> None:
    reader = sign_in(Role.OWNER, CITY)
    assert (save(reader), save(reader, query="level=G4")) == (302, 302)
    with database.read() as session:
        assert session.scalars(select(SavedView.query)).all() == ["level=G4"]


def test_nobody_removes_another_s_view(sign_in: SignIn, database: Database) -> None:
    reader = sign_in(Role.OWNER, CITY)
    save(reader, shared="1")
    with database.read() as session:
        view = str(session.scalars(select(SavedView.id)).one())
    assert sign_in(Role.ANALYST, CITY).send("/views/remove", {"view": view}).status_code == 404
    assert reader.send("/views/remove", {"view": view}).status_code == 302
    with database.read() as session:
        assert session.scalars(select(SavedView)).all() == []


@pytest.mark.parametrize("page", ["no.such", "ledger.show", "https://example.org/", "views.save"])
def test_a_view_leads_to_a_list_of_ours_and_nowhere_else(sign_in: SignIn, page: str) -> None:
    assert save(sign_in(Role.OWNER, CITY), page=page) == 422


def test_a_view_has_a_name(sign_in: SignIn) -> None:
    assert save(sign_in(Role.OWNER, CITY), name="  ") in {400, 422}
