"""Subjects that somebody looked up: what a written value is, and the keyed token that stands for it."""

from soc.subjects.tokens import Tokens, tokens_of
from soc.subjects.values import TYPES, SubjectValue, subject_of

__all__ = ["TYPES", "SubjectValue", "Tokens", "subject_of", "tokens_of"]
