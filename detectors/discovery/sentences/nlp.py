"""The language side of Presidio without a model: a blank spaCy pipeline, Chinese cut by jieba.

Presidio raises a score where a word of the context stands near, and compares lemmas for that. A
blank pipeline has none, so each token's own text is given as its lemma; in Chinese together with the
next token's, because a context word (桥梁代码) may be two tokens.
"""

import logging
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

LANGUAGES = ("zh", "en")


def _lemmas(tokens: list[str], *, joined: bool) -> list[str]:
    if not joined:
        return tokens
    return [token + following for token, following in zip(tokens, [*tokens[1:], ""], strict=True)]


class BlankNlpEngine(NlpEngine):
    """Tokens and lemmas for Chinese and English; finds no entities itself."""

    @cached_property
    def _pipelines(self) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba still imports pkg_resources
            import jieba
        import spacy

        jieba.setLogLevel(logging.ERROR)
        chinese = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
        return {"zh": chinese, "en": spacy.blank("en")}

    def load(self) -> None:
        """Make the pipelines."""
        _ = self._pipelines

    def is_loaded(self) -> bool:
        """Whether the pipelines were made."""
        return "_pipelines" in self.__dict__

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Cut a text into tokens; their lemmas are their own texts in small letters."""
        document = self._pipelines[language].make_doc(text)
        return NlpArtifacts(
            entities=[],
            tokens=document,
            tokens_indices=[token.idx for token in document],
            lemmas=_lemmas([token.text.lower() for token in document], joined=language == "zh"),
            nlp_engine=self,
            language=language,
        )

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Cut several texts, one after another."""
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Whether a word says nothing."""
        return bool(self._pipelines[language].vocab[word].is_stop)

    def is_punct(self, word: str, language: str) -> bool:
        """Whether a word is punctuation."""
        return bool(self._pipelines[language].vocab[word].is_punct)

    def get_supported_entities(self) -> list[str]:
        """None: entities come from recognizers."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Chinese and English."""
        return list(LANGUAGES)
