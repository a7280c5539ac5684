"""Recognizers that others wrote for Presidio: from files in its own form, from packages, or handed in.

A file ``recognizers/*.yaml`` in the installation's home is read as Presidio reads its own; a package says
``[project.entry-points."guanlan.recognizers"]`` with a recognizer's class or a function that makes one.
"""

import threading
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from detectors.discovery.sentences.span import Span
from soc.errors import InputError
from soc.ledger.types import types
from soc.text import told
from soc.yaml_text import YamlError, read_mapping_file

GROUP = "guanlan.recognizers"
_LOCK = threading.Lock()
_handed: list[Any] = []


def plug_in(*recognizers: Any) -> None:
    """Let these recognizers of Presidio's read every text from now on."""
    with _LOCK:
        _handed.extend(recognizers)
    _analyzer.cache_clear()


def unplug() -> None:
    """Take out every recognizer that was handed in or read from files."""
    with _LOCK:
        _handed.clear()
    _analyzer.cache_clear()


def plug_in_files(folder: Path) -> int:
    """Read the recognizers of a folder; there may be no such folder.

    Returns:
        How many there are.

    Raises:
        InputError: a file is none of Presidio's; the message names it and says what is wrong.
    """
    found: list[Any] = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]) if folder.is_dir() else ():
        found += _of_file(path)
    if found:
        plug_in(*found)
    return len(found)


def _of_file(path: Path) -> list[Any]:
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    try:
        said = read_mapping_file(path).body
        settings = {"supported_languages": ["zh", "en"], "global_regex_flags": 26} | said
        registry = RecognizerRegistryProvider(registry_configuration=settings).create_recognizer_registry()
    except YamlError as error:
        reason = told(error)
        raise InputError("errors.discovery.recognizer_file", name=path.name, reason=reason) from error
    except (OSError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise InputError("errors.discovery.recognizer_file", name=path.name, reason=str(error)) from error
    return list(registry.recognizers)


@cache
def _packaged() -> tuple[Any, ...]:
    """Recognizers of installed packages, made once."""
    return tuple(one.load()() for one in entry_points(group=GROUP))


def present() -> bool:
    """Whether anybody else's recognizer is to read."""
    return bool(_handed or _packaged())


@cache
def _analyzer() -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    from detectors.discovery.sentences.nlp import LANGUAGES, BlankNlpEngine

    with _LOCK:
        recognizers = [*_packaged(), *_handed]
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=list(LANGUAGES))
    return AnalyzerEngine(registry=registry, nlp_engine=BlankNlpEngine(), supported_languages=list(LANGUAGES))


def found_in(text: str, language: str, threshold: float) -> Iterable[Span]:
    """What the others' recognizers see; an entity that is no type of the catalogue keeps its name in small letters."""
    if not present():
        return []
    known = {kind.entity: kind.id for kind in types().values()} | {"ORGANIZATION": "organization"}
    analyzer = _analyzer()
    wanted = {
        entity
        for one in analyzer.registry.recognizers
        if one.supported_language == language
        for entity in one.supported_entities
    }
    if not wanted:
        return []
    results = analyzer.analyze(text, language=language, entities=sorted(wanted), score_threshold=threshold)
    return [
        Span(known.get(one.entity_type, one.entity_type.lower()), one.start, one.end, float(one.score))
        for one in results
    ]
