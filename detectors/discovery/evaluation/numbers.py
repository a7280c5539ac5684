"""Values of every sensitive type, made by the published rules and not by the recognizers' patterns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from detectors.discovery.evaluation import people
from detectors.discovery.evaluation.draw import UPPER, Draw
from detectors.discovery.evaluation.people import Person
from soc.demo.checkdigits import container_digit, luhn_digit, uscc_mark, vin_mark

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_ROUTES = (
    ("G4", "G15", "S32", "G105", "S20", "X205"),
    ("G94", "G2518", "S15", "G321", "Y118", "S381"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What the cells of one row share: the person and the division it is about."""

    person: Person
    region: str


def row(draw: Draw) -> Row:
    """One row's subjects."""
    return Row(people.person(draw), draw.pick(people.counties())[0])


def _day(draw: Draw, form: str = "%Y%m%d", first: int = 2012, last: int = 2026) -> str:
    from datetime import date, timedelta

    return (date(first, 1, 1) + timedelta(days=draw.between(0, (last - first) * 365))).strftime(form)


def _mobile(draw: Draw) -> str:
    return draw.pick(("13", "15", "18", "17", "19")) + draw.digits(9, "356789")


def _shown_mobile(draw: Draw) -> str:
    number = _mobile(draw)
    grouped = f"{number[:3]}{draw.split(' ', '-')}{number[3:7]}{draw.split(' ', '-')}{number[7:]}"
    return draw.pick([number] * 8 + [grouped, draw.split("+86 ", "86") + number])


def _landline(draw: Draw) -> str:
    area = draw.pick(("020", "0755", "0756", "010", "0769", "021", "0760"))
    number = draw.digits(8 if len(area) == 3 or area in {"0755", "0769", "0760"} else 7, "235678")
    return draw.pick(
        [f"{area}-{number}"] * 3
        + [draw.split(f"{area}{number}", f"({area}){number}"), f"{area}-{number}-{draw.digits(3)}"]
    )


def _bank_card(draw: Draw) -> str:
    head = draw.pick(draw.split(("622202", "621700", "622848", "436742"), ("621226", "625900", "622588", "552288")))
    body = head + draw.digits(9 if head[0] in "45" else draw.pick((9, 12)))
    return body + luhn_digit(body)


def _imei(draw: Draw) -> str:
    body = draw.pick(("35", "86", "01")) + draw.digits(12)
    return body + luhn_digit(body)


def _uscc(draw: Draw) -> str:
    body = draw.pick(("91", "91", "91", "92", "12", "11")) + draw.pick(people.counties())[0]
    body += draw.pick(("MA", "MB", "55", "72")) + draw.text(_USCC, 7)
    return body + uscc_mark(body)


def _org_code(draw: Draw) -> str:
    body = draw.digits(8) if draw.chance(0.7) else "MA" + draw.text("0123456789" + UPPER, 6)
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(one, 36) * weight for one, weight in zip(body, weights, strict=True))
    return f"{body}-{'0X987654321'[total % 11]}"


def _vin(draw: Draw) -> str:
    body = draw.pick(("LSV", "LFV", "LGB", "LHG", "LVS", "WBA", "JTD")) + draw.text(_VIN, 10) + draw.digits(4)
    return body[:8] + vin_mark(body) + body[9:]


def _plate(draw: Draw) -> str:
    head = ("粤" if draw.chance(0.7) else draw.pick(_PROVINCES)) + draw.pick(_PLATE[:18])
    tail = draw.pick(
        [draw.digits(5), draw.text(_PLATE, 1) + draw.digits(4), draw.digits(4) + draw.pick("挂学" + _PLATE)]
    )
    return head + (draw.split("·", " ") if draw.chance(0.1) else "") + tail


def _plate_nev(draw: Draw) -> str:
    head = ("粤" if draw.chance(0.7) else draw.pick(_PROVINCES)) + draw.pick(_PLATE[:18])
    return head + (draw.pick("DF") + draw.digits(5) if draw.chance(0.8) else draw.digits(5) + draw.pick("DF"))


def _plate_embassy(draw: Draw) -> str:
    return draw.pick([draw.digits(6, "12") + "使", "粤A" + draw.digits(4) + "领", "沪A" + draw.digits(4) + "领"])


def _hkid(draw: Draw) -> str:
    body = draw.pick("ABCDEGHKMPRSVYZ") + draw.digits(6)
    total = 36 * 9 + sum(int(one, 36) * weight for one, weight in zip(body, range(8, 1, -1), strict=True))
    return f"{body}({'0123456789A'[-total % 11]})"


def _twid(draw: Draw) -> str:
    letter = draw.pick("ABCDEFGHJK")
    region = {letter: place + 10 for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}[letter]
    body = draw.pick("12") + draw.digits(7)
    total = (
        region // 10
        + region % 10 * 9
        + sum(int(one) * weight for one, weight in zip(body, range(8, 0, -1), strict=True))
    )
    return letter + body + str(-total % 10)


def _imo(draw: Draw) -> str:
    body = draw.pick("789") + draw.digits(5)
    mark = str(sum(int(one) * weight for one, weight in zip(body, range(7, 1, -1), strict=True)))[-1]
    return draw.split("", draw.pick(("", "IMO "))) + body + mark


def _container(draw: Draw) -> str:
    body = draw.pick(("CSQ", "COS", "MSC", "TCK", "OOL", "CAI")) + "U" + draw.digits(6)
    return body + container_digit(body)


def _position(draw: Draw) -> str:
    lon, lat = draw.random.uniform(109.7, 117.2), draw.random.uniform(20.3, 25.4)
    return f"{lon:.6f}{draw.split(',', draw.pick((', ', ';')))}{lat:.6f}"


def _stake(draw: Draw) -> str:
    route = draw.pick(draw.split(*_ROUTES))
    return f"{draw.pick((route, '', route))}{draw.split('', ' ')}K{draw.between(1, 3200)}+{draw.digits(3)}".strip()


def _penalty(draw: Draw) -> str:
    city = draw.pick(("穗", "深", "佛", "莞", "惠"))
    kind = draw.pick(draw.split(("交罚", "交运罚", "路政罚"), ("海事罚", "交执罚", "港航罚")))
    return f"粤{city}{kind}〔{draw.between(2015, 2026)}〕{draw.digits(5)}号"


def _passport(draw: Draw) -> str:
    return draw.pick([f"E{draw.pick('ABCDEFGHJK')}{draw.digits(7)}"] * 2 + [f"{draw.pick('EG')}{draw.digits(8)}"] * 2)


def _military(draw: Draw) -> str:
    return draw.pick(("军", "士", "文", "参", "后")) + draw.split("字第", "字") + draw.digits(draw.between(6, 8)) + "号"


def _ip(draw: Draw) -> str:
    if draw.chance(0.1):
        return draw.split("2408:4000:{}::{}", "fe80::{}:{}").format(*(f"{draw.between(1, 65535):x}" for _ in "ab"))
    return ".".join(str(draw.between(1, 254)) for _ in range(4))


def _mac(draw: Draw) -> str:
    mark = draw.split(":", "-")
    return mark.join(f"{draw.between(0, 255):02{draw.split('X', 'x')}}" for _ in range(6))


def _birth(draw: Draw, cell: Row) -> str:
    return f"{cell.person.birth:{draw.split('%Y-%m-%d', '%Y/%m/%d')}}"


def _password(draw: Draw) -> str:
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@#$%"
    return draw.split(draw.text(letters, draw.between(8, 14)), f"{draw.text('0123456789abcdef', 32)}")


def _jwt(draw: Draw) -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    return f"eyJ{draw.text(letters, 20)}.eyJ{draw.text(letters, 60)}.{draw.text(letters, 43)}"


def _jdbc(draw: Draw) -> str:
    kind = draw.pick(draw.split(("postgresql", "mysql"), ("mongodb", "redis", "oracle")))
    return f"{kind}://app:{draw.text('abcdXYZ0123', 9)}@10.1.{draw.between(0, 9)}.{draw.between(2, 250)}:{draw.between(1000, 9999)}/gd"


def _with_region(length: int) -> Callable[[Draw, Row], str]:
    return lambda draw, cell: cell.region + draw.digits(length - 6)


def _plain(make: Callable[[Draw], str]) -> Callable[[Draw, Row], str]:
    return lambda draw, _cell: make(draw)


def _of(*options: str) -> Callable[[Draw, Row], str]:
    return lambda draw, _cell: draw.pick(options)


def _halves(development: tuple[str, ...], heldout: tuple[str, ...]) -> Callable[[Draw, Row], str]:
    return lambda draw, _cell: draw.pick(draw.split(development, heldout))


VALUES: Mapping[str, Callable[[Draw, Row], str]] = {
    "resident_id": lambda _draw, cell: cell.person.resident_id,
    "resident_id_15": lambda _draw, cell: cell.person.resident_id[:6] + cell.person.resident_id[8:17],
    "hkmotw_residence": _plain(lambda d: people.with_mark(f"8{d.pick('123')}0000{_day(d, first=1960, last=2004)}{d.digits(3)}")),
    "foreign_pr": _plain(lambda d: d.pick(("USA", "GBR", "FRA", "JPN", "KOR")) + d.pick(("3101", "4401", "1101")) + _day(d, "%y%m%d", 1960, 1999) + d.digits(2)),
    "passport": _plain(_passport),
    "hkmo_permit_in": _plain(lambda d: d.pick("HM") + d.digits(d.split(8, 10))),
    "tw_permit_in": _plain(lambda d: d.digits(8)),
    "permit_out": _plain(lambda d: d.split("C" + d.digits(8), "C" + d.pick("ABCDE") + d.digits(7))),
    "hkid": _plain(_hkid),
    "twid": _plain(_twid),
    "military_id": _plain(_military),
    "seafarer_book": _plain(lambda d: "A" + d.digits(8)),
    "seafarer_cert": _plain(lambda d: d.pick(("AFA", "BEA", "CGZ")) + _day(d, "%Y") + d.digits(9)),
    "driver_licence": lambda _draw, cell: cell.person.resident_id,
    "driver_file_no": _plain(lambda d: d.pick(("4401", "4403", "4406", "4419")) + d.digits(8)),
    "practitioner_cert": _plain(lambda d: d.pick(people.counties())[0] + d.digits(5) + d.pick(("16", "18", "20", "22")) + d.digits(6)),
    "road_transport_cert": _with_region(12),
    "operating_licence": _with_region(12),
    "licence_text": _plain(lambda d: f"粤交运管许可{d.pick('穗深佛莞惠')}字{d.pick(('4401', '4403'))}{d.digits(8)}号"),
    "penalty_no": _plain(_penalty),
    "uscc": _plain(_uscc),
    "org_code": _plain(_org_code),
    "business_licence": _plain(lambda d: d.pick(people.counties())[0] + d.digits(9)),
    "mobile": _plain(_shown_mobile),
    "m2m_number": _plain(lambda d: "1064" + d.pick("6789") + d.digits(8)),
    "landline": _plain(_landline),
    "email": _plain(people.mailbox),
    "qq": _plain(lambda d: d.digits(d.between(6, 10), "123456789")),
    "wechat": _plain(lambda d: d.pick([f"wxid_{d.text('abcdefgh0123456789', 14)}", d.text("abcdefgh", 6) + d.digits(3)])),
    "postcode": _plain(lambda d: d.pick(("51", "52", "10", "20")) + d.digits(4)),
    "bank_card": _plain(_bank_card),
    "bank_account": _plain(lambda d: d.pick(("4405", "3602", "4400")) + d.digits(d.split(16, 13))),
    "payment_id": _plain(lambda d: f"{_day(d)}22001{d.digits(15)}"),
    "plate": _plain(_plate),
    "plate_nev": _plain(_plate_nev),
    "plate_embassy": _plain(_plate_embassy),
    "plate_military": _plain(lambda d: d.pick(("VA", "KB", "SC", "NA")) + d.digits(5)),
    "plate_temp_emerg": _plain(lambda d: d.pick(["粤A" + d.digits(4) + d.pick("ABC") + "临", "粤X" + d.digits(4) + "应急"])),
    "vin": _plain(_vin),
    "engine_no": _plain(lambda d: d.split(d.text(UPPER, 1) + d.digits(1) + d.text(UPPER, 2) + d.digits(6), d.text(UPPER, 3) + d.digits(7))),
    "etc_card": _plain(lambda d: d.pick(("4401", "4401", "4301", "3601")) + _day(d, "%y%U") + d.digits(12)),
    "obu_id": _plain(lambda d: d.pick(("4401", "4301", "3601")) + d.split(d.digits(12), d.text("0123456789ABCDEF", 12))),
    "toll_pass_id": _plain(lambda d: "4401" + d.digits(16) + _day(d) + d.digits(6, "012")),
    "jt808_phone": _plain(lambda d: d.split("0", "000000000") + _mobile(d)),
    "jt809_code": _plain(lambda d: d.digits(d.between(4, 6), "123456789")),
    "jt809_keys": _plain(lambda d: f"M1={d.digits(8, '123')}, IA1={d.digits(8, '123')}, IC1={d.digits(8, '123')}"),
    "imei": _plain(_imei),
    "imsi": _plain(lambda d: "460" + d.pick(("00", "01", "03", "11", "07")) + d.digits(10)),
    "iccid": _plain(lambda d: "8986" + d.pick(("00", "01", "03", "04")) + d.digits(14)),
    "ip": _plain(_ip),
    "mac": _plain(_mac),
    "lonlat": _plain(_position),
    "trajectory": _plain(lambda d: ";".join(_position(d).replace(";", ",") for _ in range(5))),
    "stake_no": _plain(_stake),
    "route_code": _plain(lambda d: d.pick(("G", "S", "X")) + d.digits(d.between(1, 4), "123456789")),
    "bridge_code": _plain(lambda d: f"{d.pick(('G15', 'S32', 'G105', 'X205'))}4401{d.digits(2)}{d.pick('LU')}{d.digits(4)}"),
    "imo": _plain(_imo),
    "mmsi": _plain(lambda d: d.pick(("412", "413", "414", "477")) + d.digits(6)),
    "ship_id_cn": _plain(lambda d: f"CN{_day(d, '%Y', 1990)}{d.digits(7)}"),
    "ship_reg": _plain(lambda d: d.pick(("0901", "0902", "1801")) + _day(d, "%y") + d.digits(6)),
    "container": _plain(_container),
    "train_ticket": _plain(lambda d: "E" + d.digits(9)),
    "train_no": _plain(lambda d: d.pick("GCDZTK") + d.digits(d.between(2, 4), "123456789")),
    "flight_no": _plain(lambda d: d.pick(("CZ", "CA", "MU", "HU", "ZH", "3U", "9C")) + d.digits(4, "12368")),
    "eticket": _plain(lambda d: d.pick(("784", "999", "781", "880")) + d.split("-", "") + d.digits(10)),
    "bus_ticket": _plain(lambda d: d.pick(("4401", "4403")) + _day(d) + d.digits(6)),
    "person_name": lambda _draw, cell: cell.person.name,
    "address": _plain(people.address),
    "division_code": lambda draw, _cell: draw.pick(people.counties())[0],
    "birth_date": _birth,
    "ethnic": _of(*["汉族"] * 8, "壮族", "瑶族", "满族", "回族", "土家族", "维吾尔族", "苗族"),
    "nationality": _halves(("中国", "美国", "日本", "英国", "韩国"), ("中国香港", "法国", "CHN", "USA", "新加坡")),
    "religion": _of("佛教", "无", "无宗教信仰", "伊斯兰教", "基督教", "道教"),
    "health": _halves(("合格", "色盲", "高血压", "良好"), ("未见异常", "听力下降", "糖尿病", "O型", "正常")),
    "biometric": _plain(lambda d: "[" + ",".join(f"{d.random.uniform(-1, 1):.4f}" for _ in range(16)) + "]"),
    "minor": _halves(("是", "否"), ("儿童票", "成人票", "学生票")),
    "criminal": _halves(("无", "有", "酒驾"), ("无犯罪记录", "曾被拘留", "无")),
    "social_card": _plain(lambda d: d.pick("ABCDEF") + d.digits(8)),
    "medical_insurance": _plain(lambda d: "4401" + d.digits(16)),
    "password": _plain(_password),
    "jdbc": _plain(_jdbc),
    "cloud_ak": _plain(lambda d: d.split("LTAI", "AKIA") + (d.text("abcdefXYZ0123456789", 20) if d.half == "development" else d.text(UPPER + "0123456789", 16))),
    "jwt": _plain(_jwt),
    "private_key": _plain(lambda d: f"-----BEGIN {d.pick(('RSA ', 'EC ', ''))}PRIVATE KEY-----\nMIIE{d.text(UPPER, 60)}"),
    "http_auth": _plain(lambda d: f"Authorization: {d.split('Bearer', 'Basic')} {d.text('abcdefXYZ0123456789', 24)}"),
    "session": _plain(lambda d: f"{d.split('JSESSIONID', 'PHPSESSID')}={d.text('ABCDEF0123456789', 32)}"),
}  # fmt: skip

#: types that values alone can tell (a check digit, a firm form, a dictionary, or a module that reads them)
FIRM = frozenset(
    {
        "resident_id", "hkmotw_residence", "foreign_pr", "hkid", "twid", "military_id", "licence_text", "penalty_no", "uscc", "org_code",
        "mobile", "m2m_number", "landline", "email", "bank_card", "payment_id", "plate", "plate_nev",
        "vin", "jt808_phone", "imei", "imsi", "iccid", "ip", "mac", "lonlat", "trajectory", "stake_no", "imo",
        "container", "person_name", "address", "division_code", "ethnic", "jdbc", "cloud_ak", "jwt", "private_key", "http_auth",
        "session", "jt809_keys", "passport", "etc_card", "mmsi", "religion",
    }
)  # fmt: skip
