"""Made-up persons, places and firms. The halves differ in given names, roads, estates and name styles."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from detectors.discovery.evaluation.draw import LOWER, Draw
from soc.demo.checkdigits import resident_marks

_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江"
    "尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温冼麦区岑霍"
)
_GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰涛明超兰霞平刚桂英华玉萍红玲芬燕彬凤洁梅琳云浩宇轩梓涵怡欣俊豪国庆建新志鹏海波文斌",
    "晓雨佳慧子墨思远嘉怡承泽若曦景行书瑶一诺泽凯振东永康春生秋菊冬青少华广德茂林启航维民正义宗保耀辉润泽锦程雅芝淑贞惠珍",
)
_COMPOUND = (("欧阳", "司徒", "上官"), ("诸葛", "司马", "慕容", "东方"))
_MINORITY = (
    ("阿依古丽·买买提", "扎西多吉", "古丽娜尔·艾合买提", "巴特尔", "卓玛央金", "次仁旺堆"),
    ("迪丽努尔·吐尔逊", "格桑平措", "阿卜杜拉·热合曼", "斯琴高娃", "玉素甫·卡迪尔", "旦增罗布", "其其格"),
)
_LATIN_GIVEN = (
    ("James", "Mary", "John", "Linda", "Robert", "Susan", "Michael", "Karen", "David", "Nancy"),
    ("Olivia", "Liam", "Emma", "Noah", "Charlotte", "Ethan", "Sophia", "Lucas", "Grace", "Henry"),
)
_LATIN_FAMILY = (
    ("Smith", "Johnson", "Brown", "Taylor", "Miller", "Wilson", "Moore", "Clark"),
    ("Anderson", "Thompson", "Walker", "Edwards", "Collins", "Murphy", "Bennett", "Foster"),
)
_ROADS = (
    ("中山路", "人民南路", "解放大道", "建设街", "体育东路", "环城北路", "工业大道", "幸福巷", "东风中路", "滨江西路"),
    ("学府路", "金融街", "世纪大道", "长安街", "文昌北路", "机场高速辅路", "创业二路", "南京西路", "桃园巷", "黄河路"),
)
_ESTATES = (
    ("阳光花园", "锦绣小区", "东方大厦", "翠湖苑", "建业广场"),
    ("万科城", "和谐家园", "时代国际中心", "香榭丽舍公寓", "软件产业园"),
)
_FIRM_HEAD = (
    ("顺达", "安通", "宏远", "恒通", "捷运", "粤港", "鑫盛", "中联"),
    ("远航", "万里", "交投", "天马", "金桥", "瑞丰", "华南路桥", "四海"),
)
_FIRM_TRADE = (
    ("物流", "运输", "汽车租赁", "客运", "出租汽车"),
    ("供应链管理", "危险品运输", "港口", "网络科技", "公共交通"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist; the parts agree with one another."""

    name: str
    birth: date
    woman: bool
    region: str
    resident_id: str


@cache
def counties() -> tuple[tuple[str, str, str, str], ...]:
    """Code, province, city and county of the mainland's divisions."""
    from stdnum import numdb

    found = []
    for _, province, _, names, children in numdb.get("cn/loc").prefixes:
        cities = {child[1][:2]: child[3]["county"] for child in children if child[1].endswith("00")}
        found += [
            (province + child[1], names["province"], cities.get(child[1][:2], ""), child[3]["county"])
            for child in children
            if not child[1].endswith("00")
            and _is_plain(child[3]["county"], cities.get(child[1][:2], ""))
            and province < "70"
        ]
    return tuple(found)


def _is_plain(county: str, city: str) -> bool:
    """Whether both names are one name, without their history."""
    return "[" not in county + city and county not in {"市辖区", "县", "郊区"} and not city.startswith("省直辖")


def han_name(draw: Draw) -> str:
    """A Han name of two to four characters."""
    given = draw.split(*_GIVEN)
    family = draw.pick(draw.split(*_COMPOUND)) if draw.chance(0.02) else draw.pick(_FAMILY)
    return family + draw.text(given, 1 if draw.chance(0.25) else 2)


def name(draw: Draw) -> str:
    """A name as a Chinese register has it: mostly Han, some of minorities."""
    return draw.pick(draw.split(*_MINORITY)) if draw.chance(0.02) else han_name(draw)


def latin_name(draw: Draw) -> str:
    """A name in Latin letters."""
    return f"{draw.pick(draw.split(*_LATIN_GIVEN))} {draw.pick(draw.split(*_LATIN_FAMILY))}"


def person(draw: Draw) -> Person:
    """One person."""
    birth = date(1955, 1, 1) + timedelta(days=draw.between(0, 50 * 365))
    region, woman = draw.pick(counties())[0], draw.chance(0.4)
    body = f"{region}{birth:%Y%m%d}{draw.digits(2)}{draw.between(0, 4) * 2 + (0 if woman else 1)}"
    return Person(name(draw), birth, woman, region, with_mark(body))


def with_mark(body: str) -> str:
    """Put the check mark behind 17 digits."""
    import numpy as np

    return body + resident_marks(np.array([[int(digit) for digit in body]]))[0]


def address(draw: Draw) -> str:
    """An address somewhere in the country."""
    _, province, city, county = draw.pick(counties())
    city = "" if city in {"市辖区", "县", province} else city
    road = f"{draw.pick(draw.split(*_ROADS))}{draw.between(1, 900)}号"
    estate = draw.pick(draw.split(*_ESTATES))
    flat = f"{draw.between(1, 30)}栋{draw.between(101, 2905)}室"
    village = (
        f"{draw.text(draw.split('新石大龙桥沙', '东下白杨李马'), 2)}村{draw.between(1, 12)}组{draw.between(1, 99)}号"
    )
    tail = draw.pick([road, road + estate, road + estate + flat, estate + flat, village])
    head = draw.pick([province + city + county, city + county, county]) if city else province + county
    return head + tail


def company(draw: Draw) -> str:
    """A transport firm."""
    city = draw.pick(counties())[2].removesuffix("市") or "广州"
    tail = draw.pick(["有限公司", "有限责任公司", "股份有限公司", "有限公司" + draw.pick(["", "第一分公司"])])
    return f"{city}{draw.pick(draw.split(*_FIRM_HEAD))}{draw.pick(draw.split(*_FIRM_TRADE))}{tail}"


def mailbox(draw: Draw) -> str:
    """An e-mail address."""
    user = draw.split(draw.text(LOWER, draw.between(4, 9)), f"{draw.text(LOWER, 3)}.{draw.text(LOWER, 5)}")
    host = draw.pick(draw.split(("qq.com", "163.com", "gd.gov.cn"), ("139.com", "outlook.com", "jtt.example.org")))
    return f"{user}{draw.between(1, 999) if draw.chance(0.5) else ''}@{host}"
