"""An installation that was started: what it said, and how it is cut off."""

import json
import re
import time
from collections.abc import Mapping

from soc.running import Running, started

#: seconds
_PATIENCE = 120


def first_password(installation: Running) -> str:
    """Return the one-time password that the first start printed."""
    found = re.search(r"(?:password: |密码：)(\S+)", installation.said.read_text(encoding="utf-8"))
    assert found is not None, "the first start printed no password"
    return found[1]


def passwords(installation: Running) -> dict[str, str]:
    """Return the passwords that ``soc demo users`` prints."""
    told = installation.soc("demo", "users")
    return {one["username"]: one["password"] for one in map(json.loads, told.splitlines())}


def cut_off(environ: Mapping[str, str], word: str, *flags: str) -> str:
    """Start it, and kill it outright as soon as it says ``word``; return all it said."""
    until = time.monotonic() + _PATIENCE
    with started(environ, *flags) as (server, said):
        while word not in said.read_text(encoding="utf-8"):
            assert server.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < until, f"{word} was not said: {said.read_text(encoding='utf-8')}"
            time.sleep(0.02)
        server.kill()
        server.wait()
    return said.read_text(encoding="utf-8")
