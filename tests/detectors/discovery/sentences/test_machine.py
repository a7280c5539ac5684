"""Who wrote a line, and that nobody is seen in what machines wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery.evaluation.draw import Half
from detectors.discovery.evaluation.machine_lines import machine_lines
from detectors.discovery.sentences.engine import read_all
from detectors.discovery.sentences.machine import Hand, hand_of, lines


def test_nobody_is_seen_in_a_thousand_lines_of_logs_and_statements() -> None:
    written = machine_lines(Half.DEVELOPMENT, seed=3, count=1000)
    seen = [
        line[span.start : span.end]
        for line, spans in zip(written, read_all(written), strict=True)
        for span in spans
        if span.type in {"person_name", "organization"}
    ]
    assert seen == []


@pytest.mark.parametrize(
    "line",
    [
        "2024-01-01 10:00:00.123 INFO 1 --- [main] c.g.t.UserService : 用户登录成功",
        "SELECT 姓名, 电话 FROM 人员表 WHERE 状态 = '正常'",
        '{"level":"info","msg":"任务调度完成"}',
        "\tat com.gd.UserService.handle(UserService.java:12)",
        "def get_name(self): return self.name",
        "[root@gd-web01 ~]# df -h",
        "spring.datasource.url: jdbc:postgresql://10.1.1.2:5432/gd",
        "事件 ID: 4624  级别: 信息",
    ],
)
def test_a_line_of_a_machine_is_known(line: str) -> None:
    assert hand_of(line) is Hand.MACHINE


@pytest.mark.parametrize(
    "line",
    [
        "张伟说，明天早上八点在广州南站集合。",
        "[哈哈]今天真开心//@小明:转发微博",
        "Select the best option and send it to Mary Jones.",
        "Dear John, please update my address.",
        "My website is http://www.example.com/",
        "",
    ],
)
def test_a_sentence_of_somebody_is_prose(line: str) -> None:
    assert hand_of(line) is Hand.PROSE


def test_a_chat_that_begins_with_the_time_is_a_note() -> None:
    assert hand_of("2024-05-01 10:12:33 张小明：明天几点出发？") is Hand.NOTE


@given(st.text(max_size=200))
def test_lines_put_together_are_the_text(text: str) -> None:
    parts = list(lines(text))
    assert "".join(part for _, part, _ in parts) == text
    assert all(text[start : start + len(part)] == part for start, part, _ in parts)
