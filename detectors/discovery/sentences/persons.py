"""Persons in Chinese prose: what the lexical model makes likely, weighed with names, titles, verbs and words.

The model's chances are the start. For each run of characters that may be a name its chance is taken
as odds and moved by what speaks for and against it: a family name, a title behind, a post or 叫
before, a verb of speech, a common word. Names with dots (阿依古丽·买买提, 约翰·史密斯) are known by their form.
"""

import re
from collections.abc import Iterator
from math import exp, log, prod

from detectors.recognizers.common_words import is_common, is_place
from detectors.recognizers.lexical_model import Floats
from detectors.recognizers.person_name import family_names, has_family_name, of_a_people

Found = tuple[int, int, float]

_HAN = "\u3400-\u9fff"
_DOTS = "·•・‧"
#: characters that foreign names are written with
_TRANSLITERATED = re.compile(
    "[阿埃艾安奥巴拜班邦鲍贝本比彼别波伯布查达戴德登迪蒂丁杜多恩尔法费弗福伏戈格哈海汉赫霍基吉加贾杰金卡凯坎康考柯科克肯库拉莱兰朗劳勒雷里利立连列林琳卢鲁伦罗洛马玛迈麦曼梅门蒙米莫姆穆纳娜内尼宁诺努欧帕庞佩"
    "彭皮普奇齐恰乔切泰塔坦特廷图托瓦万威韦维温沃乌西希夏谢辛休雅亚扬耶叶伊因英尤泽扎詹朱兹佐斯丝松苏桑森沙莎什史舍施连京默川]{2,6}"
)
_DOTTED = re.compile(rf"[{_HAN}]{{1,8}}(?:[{_DOTS}][{_HAN}]{{1,8}}){{1,3}}")
#: what people are called behind their family name; with it they are one span (王局长, 欧阳女士)
_TITLES = (
    "先生|女士|小姐|太太|夫人|老师|教授|博士|院士|医生|大夫|护士|律师|法官|警官|队长|组长|班长|排长|连长|营长|团长|师长|军长|局长|副局长|厅长|副厅长|"
    "处长|副处长|科长|副科长|部长|副部长|省长|副省长|市长|副市长|县长|区长|镇长|乡长|村长|书记|副书记|主任|副主任|主席|副主席|总理|总统|院长|校长|园长|所长|站长|厂长|"
    "行长|社长|会长|理事长|秘书长|董事长|总经理|经理|总监|总裁|总工|工程师|师傅|同志|同学|阿姨|叔叔|大爷|大妈|大叔|大姐|大哥|老板|老人|司机|警长|探长|导演|教练|"
    "哥|姐|叔|姨|伯|爷爷|奶奶|总|董|工|局|处|厅|科|队"
)
_TITLE_BEHIND = re.compile(rf"(?:{_TITLES})(?![{_HAN}]?公司)")
#: somebody by his family name and what he is: 王局长, 欧阳女士
_ADDRESSED = "先生|女士|小姐|太太|老师|教授|医生|大夫|师傅|警官|局长|副局长|厅长|副厅长|处长|副处长|科长|主任|副主任|书记|副书记|经理|总经理|队长|站长|所长|院长|校长|部长|市长|省长|县长|区长|董事长|阿姨|叔叔|大爷|大妈|律师|同学|博士|总"
_FAMILIAR = re.compile(rf"(?<![{_HAN}])[小老阿]([{_HAN}])(?![{_HAN}])")
#: what stands right before somebody's name
_POST_BEFORE = re.compile(
    r"(?:先生|女士|记者|通讯员|编辑|作者|司机|驾驶员|乘客|旅客|男子|女子|村民|居民|市民|网友|嫌疑人|被告人|被告|原告|证人|受害人|死者|伤者|业主|老师|教师|教授|学生|同学|"
    r"医生|护士|律师|法官|警察|民警|交警|演员|导演|歌手|球员|教练|队员|选手|冠军|将军|大使|发言人|负责人|法定代表人|法人|联系人|经办人|申请人|当事人|收件人|投诉人|举报人|"
    r"董事长|总经理|经理|总裁|总监|主席|总统|总理|首相|部长|省长|市长|县长|区长|局长|厅长|处长|科长|主任|书记|院长|校长|所长|队长|站长|委员|代表|秘书|秘书长|行长|会长|理事|专家|"
    r"工程师|师傅|院士|博士|研究员|船长|船员|轮机长|妻子|丈夫|儿子|女儿|父亲|母亲|哥哥|弟弟|姐姐|妹妹|叫|名叫|叫做|姓名|是我|我是|就是|由|和|与|及|同|、|《|@)[:：]?$"
)
_SPEECH_BEHIND = re.compile(
    r"(?:还|也|则|曾|又|就|便|已|并|随后|昨日|今天|近日|当时|表示|说|称|认为|指出|介绍|告诉|强调|透露|坦言|回忆|解释|补充|回应|宣布|提出|撰文|写道|感叹|笑|问|答|道|主持|出席|会见|"
    r"担任|任|当选|毕业|出生|生于|率|带领|走访|致辞|讲话|获得|荣获|[（(][男女]|[，,][男女][，,])"
)
_BOUND_BEFORE = re.compile(rf"(?:^|[^{_HAN}A-Za-z0-9])$")
#: last characters of what looks like a name and is a word: 高兴地, 方便了
_TAILS = frozenset("的了着过地得是在有和与为将把被让给等们吗呢吧啊呀哦哈嘛嘿咯噢呜哇很也都就还又才没不要会能可")
_NOBODY = frozenset(
    {
        "佛祖",
        "观音",
        "上帝",
        "老天",
        "耶稣",
        "菩萨",
        "如来",
        "先生",
        "女士",
        "老师",
        "哈哈",
        "呵呵",
        "嘻嘻",
        "嘿嘿",
        "奥特曼",
        "师傅",
        "司机",
        "孔子",
        "老子",
    }
)
_LEAST = 0.08  # a start that the model thinks less likely than this is not looked at
_KEPT = 0.6
#: how likely a character is part of a name that goes on to it
_NAMED = 0.25


def found_in(text: str, chances: Floats) -> list[Found]:
    """Start, end and score of everybody in a text.

    Args:
        text: a sentence or more.
        chances: what the lexical model thinks of each character (``lexical_model.NAMES``).
    """
    spans = [*_dotted(text, chances), *_addressed(text, chances)]
    spans += list(_likely(text, chances))
    return _apart(spans)


def _dotted(text: str, chances: Floats) -> Iterator[Found]:
    """Names with dots between their parts; where they begin and end the model says."""
    for run in _DOTTED.finditer(text):
        end = run.start()
        for dot in (place for place in range(run.start(), run.end()) if text[place] in _DOTS):
            if dot < end:
                continue
            start, end = _begin(chances, max(run.start(), end), dot), _end(chances, dot, run.end())
            if _is_somebody(text[start:end], text[end:], chances[start:end]):
                yield start, end, 0.9


def _begin(chances: Floats, first: int, dot: int) -> int:
    """Where a name begins: at the likeliest character before its first dot, at least where it is named at all."""
    start = dot - 1
    while (
        start > first
        and chances[start - 1, :2].sum() >= _NAMED
        and (chances[start, 0] < 0.5 or chances[start - 1, 1] > 0.3)
    ):
        start -= 1
    return start


def _end(chances: Floats, dot: int, last: int) -> int:
    """Where a name ends: behind its last dot as far as the model still names somebody, two characters at least."""
    end = min(dot + 3, last)
    while end < last and chances[end, 1] >= _NAMED:
        end += 1
    return end


def _is_somebody(name: str, behind: str, chances: Floats) -> bool:
    """Whether parts with dots between them are a person: not a list of words, not a firm."""
    parts = re.split(f"[{_DOTS}]", name)
    firm = re.match("(?:公司|集团|酒店|大学|学院|中心|广场|银行)", behind)
    words = sum(len(part) == 1 or is_common(part) or is_place(part) for part in parts)
    return firm is None and words < len(parts) and float(chances[:, :2].sum(axis=1).mean()) >= _NAMED


def _addressed(text: str, chances: Floats) -> Iterator[Found]:
    """A family name and what he is called: 王局长, 欧阳女士, and 小李, 老张."""
    for one in re.finditer(rf"({_families()})(?:{_ADDRESSED})(?![{_HAN}]?公司)", text):
        start = one.start()
        if (float(chances[start, 0]) >= 0.3 and not re.search(rf"[{_HAN}]$", text[:start][-1:])) or float(
            chances[start, 0]
        ) >= 0.6:
            yield start, one.end(), 0.95
    single = family_names()[0]
    for one in re.finditer(rf"[小老阿][{_HAN}]", text):
        if (
            one.group()[1] in single
            and float(chances[one.start(), 0]) >= 0.5
            and float(chances[one.start() + 1, 1]) >= 0.5
        ):
            yield one.start(), one.end(), 0.75


def _families() -> str:
    single, compound = family_names()
    return f"{'|'.join(compound)}|[{''.join(sorted(single))}]"


def _likely(text: str, chances: Floats) -> Iterator[Found]:
    """Runs of Han that the model thinks may be a name, each with its odds moved by what stands around."""
    starts = [place for place in range(len(text)) if float(chances[place, 0]) >= _LEAST and _is_han(text[place])]
    for start in starts:
        longest = start + 1
        while (
            longest < len(text)
            and longest - start < 6
            and _is_han(text[longest])
            and float(chances[longest, 1]) >= _LEAST
        ):
            longest += 1
        best = max(((_score(text, chances, start, end), end) for end in range(start + 2, longest + 1)), default=None)
        if best is not None and best[0] >= _KEPT:
            yield start, best[1], round(min(0.95, 0.4 + 0.5 * best[0]), 2)


def _is_han(symbol: str) -> bool:
    return "\u3400" <= symbol <= "\u9fff"


def _score(text: str, chances: Floats, start: int, end: int) -> float:
    """How likely a run is somebody's name, 0 to 1."""
    on = [max(float(one), 1e-4) for one in chances[start + 1 : end, 1]]
    after = 1.0 - float(chances[end, 1]) if end < len(text) else 1.0
    # that a name begins here counts as much as that it goes on so far and ends there
    chance = (float(chances[start, 0]) * (prod(on) * max(after, 1e-4)) ** (1 / (len(on) + 1))) ** 0.5
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    odds = log(chance / (1 - chance)) + _built(text[start:end]) + _around(text, start, end)
    return 1 / (1 + exp(-odds))


def _built(name: str) -> float:
    """What the name itself says."""
    compound = name[:2] in family_names()[1]
    given = len(name) - (2 if compound else 1)
    odds = -1.2
    if (has_family_name(name) and 1 <= given <= 2) or of_a_people(name):
        odds = 1.2 if given == 2 else 0.8  # most given names have two characters
    elif _TRANSLITERATED.fullmatch(name):
        odds = 0.0
    if name in _NOBODY or len(set(name)) == 1 or re.fullmatch(f"(?:{_TITLES})", name):
        return -9.0
    if is_common(name) or is_place(name):
        odds -= 2.0
    if name[-1] in _TAILS:
        odds -= 2.0
    return odds


def _around(text: str, start: int, end: int) -> float:
    """What stands before and behind."""
    odds = 0.0
    if _POST_BEFORE.search(text[max(0, start - 6) : start]):
        odds += 0.8
    if _TITLE_BEHIND.match(text[end : end + 4]):
        odds += 0.8
    if _SPEECH_BEHIND.match(text[end : end + 4]):
        odds += 0.8
    return odds


def _apart(spans: list[Found]) -> list[Found]:
    """Of spans that overlap the surer stays, then the longer."""
    kept: list[Found] = []
    for span in sorted(spans, key=lambda one: (-one[2], one[0] - one[1], one[0])):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return sorted(kept)
