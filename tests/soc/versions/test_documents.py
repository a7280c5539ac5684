"""Documents as texts: written with their version, read with it, whatever a person does to the text."""

import pytest
from sqlalchemy.orm import Session

from policies.grading.document import DOCUMENT
from policies.grading.policy import KIND, default_body
from policies.grading.service import install_default
from soc.identity.actor import Actor
from soc.versions.service import FaultyBodyError, active
from soc.yaml_text import YamlError

ORG = "440000"


def test_a_text_that_was_taken_out_says_its_version_and_reads_as_the_document(
    session: Session, operator: Actor
) -> None:
    install_default(session, operator)
    held = active(session, KIND, ORG)
    assert held is not None
    text = DOCUMENT.text(session, ORG)
    assert text.startswith(f"# grading {ORG} v{held.number}\n")
    written, base = DOCUMENT.read(text.encode())
    assert (written.body, base) == (held.body, held.number)


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("# grading 440000 v12\n", 12),
        ("\ufeff# grading 440000 v12\r\n", 12),
        ("# grading 440000 v12 or so\n", None),
        ("# somebody's own remark\n", None),
        ("\n# grading 440000 v12\n", None),
        ("# grading 440000 v99999999999\n", None),
        ("", None),
    ],
)
def test_only_the_first_line_says_the_version(head: str, base: int | None) -> None:
    assert DOCUMENT.read(head + "title: x\n")[1] == base


def test_json_is_bounded_as_a_text_is() -> None:
    with pytest.raises(YamlError):
        DOCUMENT.taken({"title": "\x00"})
    assert DOCUMENT.taken({"title": "x"}).row("title") is None


def test_every_fault_is_told_with_its_line(session: Session) -> None:
    written, _ = DOCUMENT.read("title: x\ntypes:\n  mobile: G9\n  nobody: G1\ncolour: red\n")
    with pytest.raises(FaultyBodyError) as caught:
        DOCUMENT.refuse_faulty(session, ORG, written)
    assert {path: words.split("：")[0].split(":")[0] for path, words in caught.value.texts().items()} == {
        "colour": "第 5 行", "types/mobile": "第 3 行", "types/nobody": "第 4 行",
    }  # fmt: skip


def test_the_order_of_keys_is_the_shipped_ones(session: Session) -> None:
    shuffled = dict(reversed(list(default_body().items())))
    assert DOCUMENT.text(session, ORG, shuffled, 3).splitlines()[1].startswith("title:")
