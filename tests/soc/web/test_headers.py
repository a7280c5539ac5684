"""Every response keeps browsers strict, and every page lives with it."""

import re

import pytest

from soc.identity.actor import Role
from tests.browsing import Browser, SignIn

PATHS = ["/login", "/healthz", "/no-such-page", "/static/css/guanlan.css", "/api/v1/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_the_policy(client: Browser, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_nonce_is_new_each_time_and_stands_in_the_page(client: Browser) -> None:
    first, second = client.get("/login"), client.get("/login")
    nonces = [re.findall(r"'nonce-([^']+)'", one.headers["Content-Security-Policy"])[0] for one in (first, second)]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text


@pytest.mark.parametrize("path", ["/people/", "/approvals/", "/jobs/", "/account/", "/people/tokens"])
def test_pages_hold_nothing_inline(sign_in: SignIn, path: str) -> None:
    page = sign_in(Role.SYSADMIN).get(path).text
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", page)
    assert all("src=" in tag or "nonce=" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_pages_are_kept_by_nobody_and_assets_for_long(client: Browser) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in client.get("/static/css/guanlan.css").headers["Cache-Control"]
