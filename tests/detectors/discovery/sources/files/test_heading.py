"""Where a header stands."""

import pytest

from detectors.discovery.sources.files.heading import Heading, heading_of
from detectors.discovery.sources.sampled import Record


def heading(*rows: Record, headers: bool = True) -> Heading:
    return heading_of(list(rows), headers=headers)


def test_the_first_row_is_the_header() -> None:
    assert heading(["姓名", "手机"], ["张伟", "13800138000"]) == Heading(("姓名", "手机"), 1)


def test_titles_above_the_header_are_passed_over() -> None:
    found = heading(
        ["2024年驾驶员名单", None, None, None],
        ["制表：运管科", None, None, None],
        ["序号", "姓名", "手机", "备注"],
        ["1", "张伟", "13800138000", None],
        ["2", "李娜", "13900139000", None],
    )
    assert (found.names, found.skip) == (("序号", "姓名", "手机", "备注"), 3)
    assert found.titles == ("2024年驾驶员名单", "制表：运管科")


def test_a_header_of_merged_cells_is_joined_with_the_row_below() -> None:
    found = heading(
        ["姓名", "联系方式", None, "住址"],
        [None, "手机", "邮箱", None],
        ["张伟", "13800138000", "a@b.cn", "广州"],
        ["李娜", "13900139000", "c@d.cn", "深圳"],
    )
    assert (found.names, found.skip) == (("姓名", "联系方式_手机", "联系方式_邮箱", "住址"), 2)


def test_a_row_of_gaps_in_the_data_is_no_second_half_of_the_header() -> None:
    found = heading(["姓名", "手机", None], ["张伟", "13800138000", "甲"], ["李娜", "13900139000", "乙"])
    assert (found.names, found.skip) == (("姓名", "手机", "column_3"), 1)


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "张伟", "13800138000"], ["2", "李娜", "13900139000"], ["3", "王芳", "13700137000"]],
        [["a@b.cn", "2024-01-01"], ["c@d.cn", "2024-01-02"]],
        [["粤A12345", "113.2"], ["粤B54321", "113.3"]],
    ],
)
def test_a_first_row_of_values_is_data(rows: list[Record]) -> None:
    found = heading(*rows)
    assert (found.skip, found.guessed) == (0, True)
    assert found.names[0] == "column_1"


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "phone"], ["1", "13800138000"]],
        [["name", "city"], ["张伟", "广州"]],
        [["2023", "2024"], ["1", "2"], ["3", "4"]],
        [["地区", "2023年", "2024年"], ["广州", "1", "2"]],
        [["指标", "1月", "2月"], ["客运量", "10", "20"]],
    ],
)
def test_a_first_row_of_names_is_a_header(rows: list[Record]) -> None:
    assert heading(*rows).skip == 1


def test_without_headers_every_row_is_data() -> None:
    assert heading(["标题", None], ["a", "b"], headers=False) == Heading(("column_1", "column_2"), 0)


def test_columns_most_rows_have_beyond_the_header_count_and_stray_ones_do_not() -> None:
    assert heading(["a", "b"], ["x", "y", "z"], ["x", "y", "z"]).names == ("a", "b", "column_3")
    assert heading(["a", "b"], ["x", "y"], ["x", "y", "z"], ["x", "y"]).names == ("a", "b")
