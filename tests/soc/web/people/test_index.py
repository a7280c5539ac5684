"""The list of persons offers what its reader may do, and nothing that would be refused."""

import re

import pytest

from soc.identity.actor import Role
from tests.browsing import SignIn

ADD = 'href="/people/new"'


@pytest.mark.parametrize(("role", "offered"), [(Role.SYSADMIN, True), (Role.AUDADMIN, False), (Role.SECADMIN, True)])
def test_a_new_account_is_offered_to_those_who_may_make_one(sign_in: SignIn, role: Role, *, offered: bool) -> None:
    browser = sign_in(role, "440100")
    shown = browser.get("/people/")
    assert shown.status_code == 200
    assert (ADD in shown.text) == offered
    assert (browser.get("/people/new").status_code == 200) == offered


@pytest.mark.parametrize(("role", "offered"), [(Role.SYSADMIN, True), (Role.AUDADMIN, False)])
def test_a_token_is_offered_and_revoked_by_those_who_may(sign_in: SignIn, role: Role, *, offered: bool) -> None:
    made = {"name": "shipper", "org": "440100", "scopes": "logs.write", "expires_on": ""}
    assert sign_in(Role.SYSADMIN, "440100").send("/people/tokens", made).status_code == 200
    shown = sign_in(role, "440100").get("/people/tokens")
    assert "shipper" in shown.text
    assert ('action="/people/tokens"' in shown.text) == offered
    assert ("/revoke" in shown.text) == offered


def test_only_scopes_that_would_be_granted_are_offered(sign_in: SignIn) -> None:
    browser = sign_in(Role.SYSADMIN, "440100")
    offered = re.findall(r'name="scopes" value="([^"]+)"', browser.get("/people/tokens").text)
    assert "logs.write" in offered
    assert "alerts.write" not in offered
    made = {"name": "x", "org": "440100", "expires_on": ""}
    assert {
        one: browser.send("/people/tokens", {**made, "scopes": one}).status_code for one in offered
    } == dict.fromkeys(offered, 200)
