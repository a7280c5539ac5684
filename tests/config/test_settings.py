"""A setting that cannot be used is one line in the reader's language, which names it and says what is expected."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError
from soc.text import t

WRONG = {
    "SOC_BIND": "nowhere",
    "SOC_SESSION_IDLE": "soon",
    "SOC_LOCKOUT_AFTER": "few",
    "SOC_TIMEZONE": "Mars/Olympus",
    "SOC_SYSLOG_LISTEN": "carrier-pigeon://x",
    "SOC_INSIDE_NETWORKS": "10.0.0.0/99",
    "SOC_OPENSEARCH_SHARDS": "0",
    "SOC_BUSINESS_KEYS": "jjdh,a b",
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_wrong_value_is_named_with_what_is_expected(tmp_path: Path, name: str, lang: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load({"SOC_HOME": str(tmp_path), name: WRONG[name]})
    said = t(raised.value.key, lang, **raised.value.params)
    assert f"{name}={WRONG[name]}" in said
    assert raised.value.key != "errors.settings.value"


@pytest.mark.parametrize(
    ("text", "key"), [("a = [", "file"), ("colour = 'red'", "unknown"), ("retention = 'x'", "duration")]
)
def test_a_file_of_settings_is_held_to_the_same(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "soc.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        Settings.load({"SOC_HOME": str(tmp_path)})
    assert raised.value.key == f"errors.settings.{key}"


@pytest.mark.parametrize(("lang", "said"), [("zh", "应为时长"), ("en", "expected a span of time")])
def test_the_command_says_it_in_one_line(tmp_path: Path, lang: str, said: str) -> None:
    environ = {**os.environ, "SOC_HOME": str(tmp_path), "SOC_LANG": lang, "SOC_RETENTION": "long"}
    done = subprocess.run(
        [sys.executable, "-m", "soc", "check"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("said", "days"), [(None, 190), ("0d", 0), ("400d", 400)])
def test_originals_are_kept_for_as_many_days_as_are_said(tmp_path: Path, said: str | None, days: int) -> None:
    environ = {"SOC_HOME": str(tmp_path)} | ({"SOC_ORIGINALS": said} if said else {})
    assert Settings.load(environ).originals == timedelta(days=days)
