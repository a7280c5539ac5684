"""Recognizers that others wrote for Presidio read in ``soc text``, and ours read in Presidio."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectors.discovery.evaluation.draw import Half
from detectors.discovery.evaluation.texts import texts
from detectors.discovery.sentences import foreign
from detectors.discovery.sentences.engine import read
from soc.cli import main
from soc.errors import InputError

YAML = """
recognizers:
  - name: waybill
    type: custom
    supported_entity: WAYBILL
    supported_languages:
      - language: zh
        context: [运单]
    patterns:
      - name: waybill
        regex: "GDWB[0-9]{8}"
        score: 0.7
"""


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    foreign.unplug()


def test_a_recognizer_of_presidios_own_reads_our_texts() -> None:
    from presidio_analyzer.predefined_recognizers import CryptoRecognizer

    foreign.plug_in(CryptoRecognizer(supported_language="zh"))
    text = "转账地址1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2，联系人张伟"
    found = [(span.type, text[span.start : span.end]) for span in read(text)]
    assert ("crypto", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2") in found
    assert ("person_name", "张伟") in found


def test_a_file_in_presidios_form_adds_a_recognizer_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "home" / "recognizers").mkdir(parents=True)
    (tmp_path / "home" / "recognizers" / "waybill.yaml").write_text(YAML, encoding="utf-8")
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "运单GDWB12345678已签收"}) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["text", str(path)])
    (span,) = json.loads(capfdbinary.readouterr().out)["spans"]
    assert (span["type"], span["start"], span["end"]) == ("waybill", 2, 14)


def test_a_file_that_is_none_of_presidios_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("recognizers:\n  - supported_entity: 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="recognizer_file"):
        foreign.plug_in_files(tmp_path)


def test_no_folder_is_no_recognizer(tmp_path: Path) -> None:
    assert foreign.plug_in_files(tmp_path / "none") == 0


def test_presidio_with_our_recognizers_finds_what_we_find() -> None:
    from presidio_analyzer import AnalyzerEngine

    from detectors.discovery.sentences.nlp import LANGUAGES, BlankNlpEngine
    from detectors.discovery.sentences.registry import registry
    from soc.ledger.types import types

    analyzer = AnalyzerEngine(registry=registry(), nlp_engine=BlankNlpEngine(), supported_languages=list(LANGUAGES))
    entities = {kind.id: kind.entity for kind in types().values()} | {"organization": "ORGANIZATION"}
    for known in texts(Half.DEVELOPMENT, seed=9, copies=1):
        ours = {(entities[one.type], one.start, one.end) for one in read(known.text)}
        theirs = {(one.entity_type, one.start, one.end) for one in analyzer.analyze(known.text, language="zh")}
        assert ours <= theirs
