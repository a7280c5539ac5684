"""A rule's condition as one expression over a frame, by walking pySigma's own tree."""

from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
)

from detectors.sigma.source import FieldColumn, FieldSource
from detectors.sigma.values import (
    Place,
    Test,
    UnsupportedValueError,
    keyword_test,
    one_of,
    test_of,
    word_within,
)


def compile_rule(rule: SigmaRule, source: FieldSource) -> pl.Expr:
    """Return an expression that is true where ``rule`` matches, never null.

    Raises:
        UnsupportedValueError: the rule uses what cannot be matched here; the text says what.
    """
    conditions = [_compile(condition.parsed, source) for condition in rule.detection.parsed_condition]
    return reduce(or_, conditions)


def fields_of(rule: SigmaRule) -> set[str]:
    """Return the names of the fields a rule looks at."""
    found: set[str] = set()
    for condition in rule.detection.parsed_condition:
        _collect(condition.parsed, found)
    return found


def _compile(node: Any, source: FieldSource) -> pl.Expr:
    if isinstance(node, ConditionOR) and (words := _words_of_one_field(node)):
        field, place, wanted = words
        return source.test(_any(source.column(field), one_of(place, wanted)))
    if isinstance(node, ConditionAND | ConditionOR):
        parts = [_compile(argument, source) for argument in node.args]
        return reduce(and_ if isinstance(node, ConditionAND) else or_, parts)
    if isinstance(node, ConditionNOT):
        return ~_compile(node.args[0], source)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return source.test(_field(node.field, node.value, source))
    if isinstance(node, ConditionValueExpression):
        return source.test(_keyword(node.value, source))
    raise UnsupportedValueError(f"a condition of type {type(node).__name__} cannot be matched")


def _words_of_one_field(node: ConditionOR) -> tuple[str, Place, list[str]] | None:
    """Return the field and the words of "is, begins, ends or contains one of": one pass instead of one a word."""
    compared = [argument for argument in node.args if isinstance(argument, ConditionFieldEqualsValueExpression)]
    fields = {argument.field for argument in compared}
    found = [word for word in (word_within(argument.value) for argument in compared) if word is not None]
    places = {place for place, _ in found}
    whole = len(found) == len(node.args) > 1 and len(fields) == len(places) == 1
    return (fields.pop(), places.pop(), [word for _, word in found]) if whole else None


def _field(field: str, value: Any, source: FieldSource) -> pl.Expr:
    column = source.column(field)
    if isinstance(value, SigmaExpansion):
        return reduce(or_, [_field(field, one, source) for one in value.values])
    if isinstance(value, SigmaNull):
        return _is_empty(column)
    if isinstance(value, SigmaExists):
        return column.present if bool(value.exists) else ~column.present
    if isinstance(value, SigmaFieldReference):
        return _reference(column, value, source)
    if column.number is not None and isinstance(value, SigmaNumber | SigmaCompareExpression):
        return test_of(value)(column.number).fill_null(value=False)
    return _any(column, test_of(value))


def _keyword(value: Any, source: FieldSource) -> pl.Expr:
    if isinstance(value, SigmaExpansion):
        return reduce(or_, [_keyword(one, source) for one in value.values])
    return _any(source.keywords(), keyword_test(value))


def _is_empty(column: FieldColumn) -> pl.Expr:
    if column.many:
        return column.expression.is_null() | (column.expression.list.len() == 0)
    return column.expression.is_null()


def _any(column: FieldColumn, test: Test) -> pl.Expr:
    """A field of several values matches where one of them does."""
    if column.many:
        return column.expression.list.eval(test(pl.element())).list.any().fill_null(value=False)
    return test(column.expression).fill_null(value=False)


def _reference(column: FieldColumn, value: SigmaFieldReference, source: FieldSource) -> pl.Expr:
    left, right = _single(column), _single(source.column(value.field))
    if value.starts_with:
        found = left.str.to_lowercase().str.starts_with(right.str.to_lowercase())
    elif value.ends_with:
        found = left.str.to_lowercase().str.ends_with(right.str.to_lowercase())
    else:
        found = left.str.to_lowercase() == right.str.to_lowercase()
    return found.fill_null(value=False)


def _single(column: FieldColumn) -> pl.Expr:
    return column.expression.list.first() if column.many else column.expression


def _collect(node: Any, found: set[str]) -> None:
    if isinstance(node, ConditionFieldEqualsValueExpression):
        found.add(node.field)
        if isinstance(node.value, SigmaFieldReference):
            found.add(node.value.field)
    for argument in getattr(node, "args", ()):
        _collect(argument, found)
