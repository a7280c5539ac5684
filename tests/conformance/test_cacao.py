"""The public CACAO playbooks, where they are at hand."""

from pathlib import Path

import pytest

from playbooks.cacao.problem import Status
from playbooks.cacao.validate import judge

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cacao"
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public CACAO samples are not at hand"),
]
EXPECTED = {"strict": Status.ACCEPTED, "lenient": Status.DRAFT, "negative": Status.REFUSED}


@pytest.mark.parametrize(("folder", "status"), sorted(EXPECTED.items()))
def test_each_public_playbook_is_judged_as_its_folder_says(folder: str, status: Status) -> None:
    found = {path.name: judge(path.read_bytes()) for path in (SAMPLES / folder).glob("*.json")}
    assert found
    assert {name: verdict.status for name, verdict in found.items()} == dict.fromkeys(found, status)


def test_every_problem_of_a_public_playbook_names_a_place_in_it() -> None:
    for path in SAMPLES.glob("[ln]*/*.json"):
        text = path.read_text(encoding="utf-8")
        assert all(f'"{one.step}"' in text for one in judge(path.read_bytes()).problems), path.name
