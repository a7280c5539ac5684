import pytest

from soc.doers import doer_in_words, job_title, key_of
from soc.registry import rooms
from soc.room import resolve
from soc.text import known, speaking

JOBS = [job.name for room in rooms() for job in room.jobs]
NEWS = [resolve(one.event).name for room in rooms() for one in room.subscriptions]


@pytest.mark.parametrize("name", [*JOBS, *(f"on {name}" for name in NEWS), "operator", "setup", "run 01a2-3f"])
def test_every_job_and_listener_is_named_in_words(name: str) -> None:
    assert name.startswith("run ") or known(key_of(name)), f"name it in soc/translations/doers.toml: {key_of(name)}"
    for lang in ("zh", "en"):
        with speaking(lang):
            assert doer_in_words(name) != name


def test_a_persons_name_stays_what_it_is() -> None:
    assert doer_in_words("林晓岚") == "林晓岚"
    assert doer_in_words("on call") == "on call"


def test_a_job_is_titled_by_what_it_is_for() -> None:
    with speaking("en"):
        assert job_title("discovery.scan") == "Scan of a source"
        assert job_title("somebody.elses") == "somebody.elses"
