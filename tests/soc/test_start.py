"""A first start that cannot write says so in one line."""

import errno
from pathlib import Path

import pytest

from config.settings import Settings
from soc import start
from soc.start import prepare
from soc.text import t


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), None),
        (PermissionError(errno.EACCES, "Permission denied", "/x/keys"), "Permission denied: /x/keys"),
    ],
)
def test_a_disk_that_refuses_is_one_line_and_no_trace(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refused: OSError,
    words: str | None,
) -> None:
    def fail(_settings: Settings) -> None:
        raise refused

    monkeypatch.setattr(start, "open_installation", fail)
    assert prepare(Settings.load({}, home=tmp_path)) == 1
    assert capsys.readouterr().err == f"soc: {words or t('errors.disk_full')}\n"
