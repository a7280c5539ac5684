"""Sentences with known persons, organisations, places and values: news, posts, résumés, chat, in two halves of templates."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from detectors.discovery.evaluation import people
from detectors.discovery.evaluation.draw import Draw, Half
from detectors.discovery.evaluation.numbers import VALUES, row
from detectors.discovery.sentences.engine import Span, read_all

_FOREIGN = (
    ("约翰·史密斯", "默克尔", "布什", "安娜·科瓦连科", "马克龙"),
    ("迈克尔·乔丹", "普京", "玛丽亚·罗德里格斯", "奥巴马", "泽连斯基"),
)
_ORGANISATIONS = (
    (
        "广东省交通运输厅",
        "中山大学",
        "中国远洋海运集团有限公司",
        "佛山市公安局交警支队",
        "世界卫生组织",
        "深圳市巴士集团股份有限公司",
        "中国工商银行广州分行",
        "广州日报社",
    ),
    (
        "交通运输部",
        "清华大学交通研究所",
        "招商局港口集团股份有限公司",
        "东莞市中级人民法院",
        "国际海事组织",
        "珠海公交巴士有限公司",
        "中国人民银行",
        "新华社",
        "惠州市第一人民医院",
        "华为技术有限公司",
    ),
)
_PLACES = (
    ("广州", "深圳市", "佛山市南海区", "美国", "珠江", "四川省"),
    ("东莞", "珠海市", "惠州市博罗县", "德国", "南沙港", "湖北", "上海浦东新区"),
)
_TITLED = (("王局长", "李女士", "老张", "欧阳先生", "小陈"), ("刘主任", "黄先生", "老吴", "司徒女士", "小林", "周经理"))
_TEMPLATES = (
    (
        "{o}厅长{p}昨日在{l}调研时表示，要加快推进港航项目建设。",
        "据{o}消息，{p}已被任命为副总经理。",
        "{p}、{p}和{p}出席了签约仪式。",
        "记者{p}从{o}获悉，{l}至{l}的高速公路将于月底通车。",
        "{p}，男，1975年8月出生，{l}人，现任{o}党委书记。",
        "司机{p}驾驶{plate}途经{l}时发生追尾，乘客{p}受轻伤。",
        "“我们会全力配合调查。”{o}负责人{p}说。",
        "{f}与{f}在{l}举行会谈。",
        "今天跟{t}去{l}出差，累死了。",
        "{t}您好，您的快递已到，请联系{mobile}。",
        "联系人：{p}，电话：{mobile}，地址：{a}。",
        "{p}（身份证号{resident_id}）于2024年3月向{o}提出申请。",
        "求助！{p}昨晚在{l}走失，有线索请打{mobile}，谢谢大家转发。",
        "毕业于{o}，先后在{o}、{o}任职。",
        "法院判决被告人{p}犯交通肇事罪，判处有期徒刑一年。",
        "球员{f}加盟后，球队成绩明显好转。",
        "这条路真堵，什么时候能通啊。",
        "方便的话请马上安排车辆，温度控制在五度左右。",
        "高速公路通行费按照车型收取，金额以票据为准。",
        "安全生产常抓不懈，全面排查隐患。",
    ),
    (
        "会议由{o}副局长{p}主持，{p}作了发言。",
        "{l}市民{p}向本报反映，{o}门口的公交站台年久失修。",
        "现聘任{p}为{o}总工程师，免去{p}的职务。",
        "{p}告诉记者，他从{l}来{l}打工已经十年了。",
        "{f}率领的代表团抵达{l}，{p}到机场迎接。",
        "{p}：女，汉族，本科学历，1999年7月参加工作，历任{o}科长、处长。",
        "在{a}经营小卖部的{p}回忆起当时的情景，仍心有余悸。",
        "经查，{p}伙同{p}伪造证件，被{o}当场抓获。",
        "周末和{t}约好去{l}吃饭，{t}又放我鸽子！",
        "{t}，合同我发你邮箱{email}了，有问题打我手机{mobile}。",
        "失主{p}请到{o}领取失物，驾驶证号{resident_id}。",
        "{p}说，公司已与{o}签订协议，首批车辆将投放{l}。",
        "评论员{p}认为，{f}的表态释放了积极信号。",
        "船长{p}操纵货轮驶离{l}，船员{p}负责瞭望。",
        "祝贺{p}同志荣获劳动模范称号。",
        "乘客{p}投诉{plate}拒载，请尽快核实处理。",
        "明天白天多云转阴，有雷阵雨，出行请带伞。",
        "经过充分论证，该方案已经全部落实到位。",
        "成功连接服务器以后，任务会自动开始。",
        "马路对面的商店全都关门了，真是不方便。",
    ),
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")
_KINDS = {
    "p": "person_name",
    "f": "person_name",
    "t": "person_name",
    "o": "organization",
    "l": "address",
    "a": "address",
}

Marks = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text and what stands in it: type, start, end."""

    text: str
    marks: Marks


def texts(half: Half, *, seed: int = 1, copies: int = 20) -> list[KnownText]:
    """Return every template of one half, ``copies`` times, each time with other names."""
    draw = Draw(seed, half)
    return [_filled(draw, template) for _ in range(copies) for template in draw.split(*_TEMPLATES)]


def _filled(draw: Draw, template: str) -> KnownText:
    text, marks, last = "", set(), 0
    for slot in _SLOT.finditer(template):
        text += template[last : slot.start()]
        value = _value(draw, slot.group(1))
        marks.add((_KINDS.get(slot.group(1), slot.group(1)), len(text), len(text) + len(value)))
        text, last = text + value, slot.end()
    return KnownText(text + template[last:], frozenset(marks))


def _value(draw: Draw, slot: str) -> str:
    makers: Mapping[str, Callable[[], str]] = {
        "p": lambda: people.name(draw),
        "f": lambda: draw.pick(draw.split(*_FOREIGN)),
        "t": lambda: draw.pick(draw.split(*_TITLED)),
        "o": lambda: draw.pick(draw.split(*_ORGANISATIONS)),
        "l": lambda: draw.pick(draw.split(*_PLACES)),
        "a": lambda: people.address(draw),
    }
    return makers[slot]() if slot in makers else VALUES[slot](draw, row(draw)).replace(" ", "").replace("-", "")


@dataclass(slots=True)
class TextScore:
    """Spans right (type, start and end), found and known, by type."""

    known: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def f1(self, kind: str) -> float:
        """The harmonic mean of precision and recall of one type."""
        both = self.found[kind] + self.known[kind]
        return 2 * self.right[kind] / both if both else 1.0

    def add(self, known: KnownText, spans: Iterable[Span]) -> None:
        """Compare what was found in one text with what is known of it."""
        found = {(span.type, span.start, span.end) for span in spans}
        self.known.update(kind for kind, _, _ in known.marks)
        self.found.update(kind for kind, _, _ in found)
        self.right.update(kind for kind, _, _ in found & known.marks)
        self.wrong.update(("missed", kind, known.text[start:end]) for kind, start, end in known.marks - found)
        self.wrong.update(("false", kind, known.text[start:end]) for kind, start, end in found - known.marks)

    def as_dict(self) -> dict[str, float]:
        """F1 by type."""
        return {kind: round(self.f1(kind), 4) for kind in sorted(self.known)}


def score(known: Iterable[KnownText]) -> TextScore:
    """Read texts and compare what is found with what is known; a part of a span counts as wrong."""
    every, total = list(known), TextScore()
    for one, spans in zip(every, read_all(text.text for text in every), strict=True):
        total.add(one, spans)
    return total
