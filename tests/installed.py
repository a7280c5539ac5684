"""Fixtures of commands: a whole installation on each engine, and ``soc`` as a person runs it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.engine import make_url

from config.settings import Settings
from soc.acting import SystemPath
from soc.cli import main
from soc.db import Database
from soc.installation import open_installation
from tests.conftest import a_copy_of

#: run one command; returns what it printed
Soc = Callable[..., str]


@pytest.fixture
def database(
    settings: Settings,
    engine_name: str,
    installation_of: Callable[[str], Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """A whole installation, as commands make it, on each engine."""
    template = installation_of(engine_name)
    shutil.copytree(template.home, settings.home)
    with ExitStack() as copies:
        if engine_name == "postgresql":
            url = copies.enter_context(a_copy_of(str(make_url(template.database_url).database)))
            settings = settings.with_changes(database_url=url)
        monkeypatch.setenv("SOC_HOME", str(settings.home))
        monkeypatch.setenv("SOC_DATABASE_URL", settings.database_url)
        monkeypatch.setenv("SOC_LANG", "en")
        opened = open_installation(settings)
        yield opened.acting_for(SystemPath.OPERATOR)
        opened.close()


@pytest.fixture
def soc(capfdbinary: pytest.CaptureFixture[bytes]) -> Soc:
    """Run one command; it has to end with ``code``. Returns stdout, of a refusal stderr too."""

    def run(*arguments: str, code: int = 0) -> str:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capfdbinary.readouterr()
        assert (ended.value.code or 0) == code, err.decode()
        return out.decode() if not code else (out + err).decode()

    return run
