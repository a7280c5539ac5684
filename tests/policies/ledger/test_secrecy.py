"""The security administrator's page of objects with a mark of state secrets."""

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.secrecy import SecretNotice, tell
from tests.browsing import SignIn, app, client, sign_in
from tests.conftest import NOON

__all__ = ["app", "client", "sign_in"]
PATH = "/data/机密★10年 <b>方案</b>.docx"


@pytest.fixture
def notice(database: Database) -> str:
    with database.write() as session:
        tell(session, operator_actor(session), None, "440100", (PATH,), at=NOON)
    with database.read() as session:
        return str(session.scalars(select(SecretNotice.id)).one())


def test_the_security_administrator_sees_the_path_and_can_note_that_it_was_dealt_with(
    sign_in: SignIn, notice: str
) -> None:
    browser = sign_in(Role.SECADMIN, "440100")
    page = browser.get("/secrecy/").text
    assert "机密★10年 &lt;b&gt;方案&lt;/b&gt;.docx" in page
    assert browser.send(f"/secrecy/{notice}/handle").status_code == 302
    assert f"/secrecy/{notice}/handle" not in browser.get("/secrecy/").text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SECADMIN])
def test_no_other_role_is_let_in_or_shown_the_way(sign_in: SignIn, notice: str, role: Role) -> None:
    browser = sign_in(role, "440000")
    assert browser.get("/secrecy/").status_code == 403
    assert "/secrecy/" not in browser.get("/", follow_redirects=True).text
