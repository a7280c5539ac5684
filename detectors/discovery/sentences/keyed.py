"""Names in lines that machines wrote: only behind a key that says so, and only what is built like a name."""

import re
from collections.abc import Iterator

from detectors.recognizers.common_words import is_common, is_place
from detectors.recognizers.person_name import shaped

_HAN = "\u3400-\u9fff"
_KEY = (
    r"(?:姓名|联系人|驾驶员|司机|乘客|旅客|车主|申请人|经办人|操作人|操作员|负责人|法定代表人|收件人|收货人|当事人|投诉人|举报人|用户名?|realName|real_name|fullName|full_name|driverName|driver_name|"
    r"ownerName|owner_name|contactName|contact_name|contact|linkman|personName|person_name|userName|username|user_name|custName|customer_name|passengerName|passenger_name|legalPerson|xm|name)"
)
_KEYED = re.compile(
    rf"(?<![A-Za-z]){_KEY}[\"']?\s*(?:[:：=]|=>)\s*[\"'\[]?([{_HAN}]{{2,4}}(?:[·•][{_HAN}]{{1,8}})*)(?![{_HAN}])"
)


def found_in(line: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of every name behind a key."""
    for one in _KEYED.finditer(line):
        name = one.group(1)
        if shaped(name) and not is_common(name) and not is_place(name):
            yield one.start(1), one.end(1), 0.75
