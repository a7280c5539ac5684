"""Organisations and places in Chinese prose: the lexical model's words, put together to whole names.

The model cuts 广州市/公共交通/集团 and calls 中国远洋海运集团 by its end alone. A name of an organisation
is taken whole: from the place or brand it begins with to the word that says what it is, and on to its
branch or office where one follows. A word such as 公司 alone names nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.discovery.sentences.addresses import is_division
from detectors.recognizers.common_words import is_common, is_place
from detectors.recognizers.lexical_model import Floats, Reading

#: what organisations are, as their names end
_KINDS = re.compile(
    r"(?:公司|集团|银行|大学|学院|医院|中学|小学|幼儿园|学校|党校|研究院|研究所|设计院|研究中心|协会|学会|联合会|商会|工会|委员会|常委会|基金会|出版社|报社|通讯社|杂志社|电视台|电台|"
    r"法院|检察院|公安局|公安厅|派出所|交警队|局|厅|海关|支队|总队|大队|中队|消防队|俱乐部|队|政府|人大|政协|党委|纪委|办公厅|办公室|事务所|合作社|联社|党|军|部队|舰队|"
    r"交易所|证券|保险|基金|航空|石化|石油|电信|联通|移动|事业部|分公司|子公司|分行|支行|营业部|事务中心|服务中心|指挥中心|监控中心|数据中心|管理中心|中心|管理处|管理站|管理所|执法局|"
    r"联盟|组织|议会|国会|法庭|使馆|大使馆|领事馆|科学院|工程院|社科院|文联|作协|足协|篮协|红十字会|慈善会|车队|船队|物流|客运站|教育部|国防部|外交部|商务部|交通部|运输部|财政部|公安部|部委)$"
)
#: words that say what and not which
_GENERIC = frozenset(
    {
        "公司", "集团", "银行", "大学", "学院", "医院", "中学", "小学", "学校", "协会", "委员会", "法院", "检察院", "公安", "公安局", "警方", "政府", "党委", "部门", "单位", "企业",
        "机构", "交警", "警察", "媒体", "球队", "国家队", "部队", "军队", "派出所", "海关", "俱乐部", "中心", "办公室", "组织", "工会", "商会", "队", "局", "厅", "党", "军", "总部", "分公司",
        "子公司", "上市公司", "电视台", "出版社", "报社", "研究所", "研究院", "基金", "基金会", "保险", "航空", "移动", "石油", "物流", "车队", "幼儿园", "事务所", "有限公司", "党中央",
        "股份有限公司", "消防队", "交警队", "联盟", "证券", "支队", "大队", "总队", "中队", "管理局", "管理处", "常委会", "议会", "国会", "人民政府", "党组织", "交警大队", "警队", "法庭",
    }
)  # fmt: skip
#: a part of an organisation that belongs to its name: 北京大学 + 计算机学院
_BRANCH = re.compile(
    r"(?:分公司|子公司|支行|分行|营业部|事业部|学院|研究所|研究院|研究中心|实验室|医院|附属中学|附中|附小|支队|大队|总队|中队|办公室|委员会|党委|纪委|团委|工会|管理处|管理局|分局|处|科|系|部|所|站|中心|办事处|代表处|队)$"
)
#: peoples and roads, which the model now and then takes for organisations
_NOBODY = re.compile(r"族$|高速|国道|省道|K\d|大桥$|隧道$|^[\W\d_]+$")
#: organisations of the world, of a continent or of the whole country, named by what they do
_NATIONAL = re.compile(
    r"(?:国际|世界|全球|联合国|全国|国家|中国|中华|中央|亚洲|欧洲|非洲|美洲|亚太|泛美|东盟|阿拉伯)(?:(?![与和及、])[\u3400-\u9fff]){2,14}(?:组织|协会|学会|联盟|联合会|委员会|总局|局|总会|银行|基金会|法院|理事会|办公室|总署|署|大会|商会|工会)"
)
#: ministries by their sector
_MINISTRY = re.compile(
    r"(?:外交|国防|教育|科学技术|科技|工业和信息化|工信|公安|国家安全|民政|司法|财政|人力资源和社会保障|人社|自然资源|生态环境|环境保护|住房和城乡建设|住建|交通运输|交通|铁道|水利|农业农村|农业|商务|文化和旅游|文化|卫生|应急管理)部"
)
#: somebody's post, which is no part of where he has it
_POST = re.compile(r"(?:长|主任|书记|经理|总裁|主席|委员|员|人|师|授)$")
#: words that stand between names
_JOINING = frozenset({"c", "p", "u", "w", "r", "d"})
_NAMING = frozenset({"LOC", "ORG", "nz", "nw"})
_FILLING = frozenset({"n", "vn", "a", "an", "s", "f", "m", "q", "b", "j", "xc"})
_MOST = 6  # words of one name
_PLACE, _ORGANISATION = 2, 4  # columns of the model's chances
_LIKELY_PLACE, _LIKELY_ORG = 0.45, 0.5
#: short names of countries and regions, which news writes side by side
_LANDS = frozenset("中美英法德日俄韩朝印巴澳欧非港台越泰缅菲以伊")
_NO_PLACE = frozenset(
    {
        "中华",
        "华人",
        "亚裔",
        "世界",
        "全球",
        "人间",
        "天堂",
        "地球",
        "太阳",
        "月球",
        "火星",
        "宇宙",
        "国内",
        "国外",
        "海外",
        "境外",
        "网上",
        "高速公路",
        "公路",
        "机场",
        "车站",
        "火车站",
        "港口",
        "码头",
        "学校",
        "医院",
        "公园",
        "市区",
        "城区",
        "郊区",
        "农村",
        "城市",
        "县城",
        "东部",
        "西部",
        "南部",
        "北部",
        "中部",
        "沿海",
        "内地",
        "现场",
    }
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the model's, and where it stands."""

    start: int
    end: int
    text: str
    tag: str


def placed(reading: Reading) -> list[Word]:
    """The model's words with their places; together they are the text."""
    found: list[Word] = []
    start = 0
    for text, tag in reading.words:
        body = text[:-1] if tag == "ORG" and text[-1] in "与和及" and _KINDS.search(text[:-1]) else text
        found.append(Word(start, start + len(body), body, tag))
        if body != text:  # the model now and then takes the conjunction behind a name along
            found.append(Word(start + len(body), start + len(text), text[-1], "c"))
        start += len(text)
    return found


def organisations(words: Sequence[Word], chances: Floats) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each organisation, whole."""
    done = 0
    for place, word in enumerate(words):
        if (
            place < done
            or not _heads(word)
            or (word.tag == "ORG" and _chance(word, chances, _ORGANISATION) < _LIKELY_ORG)
        ):
            continue
        first, last = _first(words, place, done), _last(words, place)
        first = _begun(words, first, place, done)
        name = "".join(one.text for one in words[first : last + 1])
        if _names(name, words[first : last + 1]):
            yield words[first].start, words[last].end, 0.75 if word.tag == "ORG" else 0.65
            done = last + 1


def _heads(word: Word) -> bool:
    """Whether a word can be what an organisation is."""
    if word.tag == "ORG":
        return len(word.text) >= 2
    return word.tag in {"n", "nz", "vn", "LOC", "nw"} and (_KINDS.search(word.text) is not None or word.text == "部")


def _first(words: Sequence[Word], place: int, done: int) -> int:
    """Where the name begins: the furthest place or brand before it with nothing but nouns between."""
    first = at = place
    while at > max(done, place - _MOST):
        at -= 1
        word = words[at]
        if word.tag in _NAMING and re.search("[\u3400-\u9fffA-Za-z0-9]", word.text):
            first = at
        elif word.tag not in _FILLING or (word.tag in {"m", "q"} and not word.text.startswith("第")):
            break
    return first


def _begun(words: Sequence[Word], first: int, place: int, done: int) -> int:
    """Where a name of common words begins: 国际 + 海事 + 组织, 交通 + 运输 + 部."""
    for start in range(max(done, place - 5), first):
        run = words[start : place + 1]
        name = "".join(one.text for one in run)
        apart = any(one.tag in _JOINING for one in run)
        if not apart and (_NATIONAL.fullmatch(name) or _MINISTRY.fullmatch(name)):
            return start
    return first


def _last(words: Sequence[Word], place: int) -> int:
    """Where it ends: with its branch, where one follows."""
    last = at = place
    while at + 1 < len(words) and at - place < 3:
        at += 1
        word = words[at]
        if word.tag not in {"n", "nz", "vn", "ORG", "LOC"} or _POST.search(word.text):
            break
        if _BRANCH.search(word.text) or (word.tag == "ORG" and _KINDS.search(word.text)):
            last = at
    return last


def _names(name: str, words: Sequence[Word]) -> bool:
    """Whether a run of words is a name: it says which one, not only what."""
    if name in _GENERIC or len(name) < 2 or _NOBODY.search(name) or is_division(name):
        return False
    if _NATIONAL.fullmatch(name) or _MINISTRY.fullmatch(name):
        return True
    if len(words) == 1 and words[0].tag == "ORG":
        return True
    return any(one.tag in _NAMING for one in words) and name not in _GENERIC


def _chance(word: Word, chances: Floats, column: int) -> float:
    """How likely a word is a name of that kind: the mean of its characters."""
    inside = float(chances[word.start, column]) + float(chances[word.start + 1 : word.end, column + 1].sum())
    return inside / (word.end - word.start)


_FORMAL = re.compile(r"(?:省|自治区|市|自治州|州|盟|区|县|旗|镇|乡|街道|村|路|街|道|巷)$")


def _is_place(word: Word, chances: Floats) -> bool:
    """Whether a word is a place: the model says so, or it is a division that the model took for an organisation."""
    if word.text in _NO_PLACE or (len(word.text) == 2 and is_common(word.text) and not is_place(word.text)):
        return False
    if word.tag == "ORG":
        return is_division(word.text)
    return word.tag == "LOC" and _chance(word, chances, _PLACE) >= _LIKELY_PLACE


def _goes_on(word: Word, following: Word) -> bool:
    """Whether two places that stand side by side are one: 惠州市博罗县, 上海浦东新区."""
    if len(following.text) < 2 or not (following.tag == "LOC" or is_division(following.text)):
        return False
    return _FORMAL.search(word.text) is not None or (
        is_division(word.text) and _FORMAL.search(following.text) is not None
    )


def places(words: Sequence[Word], chances: Floats) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each place; divisions that follow one another are one place."""
    at = 0
    while at < len(words):
        word = words[at]
        if not _is_place(word, chances):
            at += 1
            continue
        if len(word.text) == 2 and set(word.text) <= _LANDS:  # 中美: two countries by their short names
            yield word.start, word.start + 1, 0.6
            yield word.start + 1, word.end, 0.6
            at += 1
            continue
        if len(word.text) < 2:
            at += 1
            continue
        end = at
        while end + 1 < len(words) and _goes_on(words[end], words[end + 1]):
            end += 1
        yield word.start, words[end].end, 0.6
        at = end + 1
