import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.protection.spreadsheets import safe_cell


@pytest.mark.parametrize(
    "value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "-"]
)
def test_a_formula_becomes_text(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


@pytest.mark.parametrize("value", ["-12.5", "+8613800138000", "1e-5", "-1,200", "5%", "", "张三", "a=b", "粤A12345"])
def test_plain_values_stay_as_they_are(value: str) -> None:
    assert safe_cell(value) == value


@given(value=st.text())
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(value: str) -> None:
    cell = safe_cell(value).lstrip(" ")
    assert not cell.startswith(("=", "@", "\t", "\r", "＝", "＠"))
