import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.conditions import ConditionError, holds, operand

VALUES = {"__n__": "7", "__s__": "Guangzhou", "__ip__": "10.1.2.3", "__yes__": "true"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("__n__:value > 5", True),
        ("__n__:value > 10", False),
        ("__n__ = 7.0", True),
        ("[__n__:value = 7 AND __s__:value = 'Guangzhou']", True),
        ("__n__ = 1 OR (__n__ = 7 AND NOT __s__ = 'x')", True),
        ("__s__ LIKE 'Guang%'", True),
        ("__s__ NOT LIKE 'Guang_'", True),
        ("__s__ MATCHES '^G.*u$'", True),
        ("__n__ IN (1, 7, 9)", True),
        ("__n__ NOT IN ('1', '2')", True),
        ("__ip__ ISSUBSET '10.0.0.0/8'", True),
        ("'10.0.0.0/8' ISSUPERSET __ip__", True),
        ("__ip__ ISSUBSET '::/0'", False),
        ("__yes__", True),
        ("__yes__:value == true", True),
        ("NOT __yes__", False),
        ('__s__ != "a\'b"', True),
        ("'2' < '10'", True),
        ("'a' < 'b'", True),
    ],
)
def test_a_condition_is_weighed_by_its_values(condition: str, expected: bool) -> None:
    assert holds(condition, VALUES) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "__import__('os').system('id')",
        "__n__ > ",
        "__n__ 7",
        "(__n__ = 7",
        "__n__ = 7)",
        "__missing__ = 1",
        "{{7*7}}",
        "__s__ MATCHES '('",
        "__s__ ISSUBSET 'x'",
        "(" * 100 + "1=1" + ")" * 100,
        "NOT " * 100 + "1=1",
        "1=1 OR " * 1000 + "1=1",
        "__s__",
    ],
)
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(ConditionError):
        holds(condition, VALUES)


@given(st.text(max_size=60))
def test_any_text_is_weighed_or_refused_and_never_more(condition: str) -> None:
    try:
        assert holds(condition, VALUES) in {True, False}
    except ConditionError:
        pass


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_numbers_compare_as_numbers(one: int, other: int) -> None:
    values = {"__a__": str(one), "__b__": other}
    assert holds("__a__ < __b__", values) == (one < other)
    assert holds("__a__ = __b__", values) == (one == other)


@given(st.text(max_size=40))
def test_a_quoted_text_is_itself(text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert operand(quoted, {}) == text
