"""What the fields of an unknown log mean, by their values first and their names second: a proposal, for a person to change."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from audit.ingest.formats.base import ParseOptions
from audit.ingest.formats.moments import instant_of
from audit.ingest.maker.attributes import API, BASE, DATASTORE, HTTP, LOGIN

#: field → its values, in the order of the lines
Columns = Mapping[str, Sequence[str]]
#: a share of a field's values that says what they are
MOST = 0.9
TIME, SECRET = "time", "secret"
_NOTHING = frozenset({"", "-", "null", "(null)", "N/A"})
_OPTIONS = ParseOptions()
_REQUEST = re.compile(r"(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|CONNECT|TRACE) \S+(?: HTTP/\d(?:\.\d)?)?")
_METHOD = re.compile(r"(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|CONNECT|TRACE)")
_URL = re.compile(r"(?:https?://[^\s/]+)?/\S*")
_SQL = re.compile(
    r"(?is)\s*(?:select|insert|update|delete|merge|create|alter|drop|truncate|grant|revoke|call|exec|with|copy)\s.+"
)
_AGENT = re.compile(r"(?:Mozilla|Dalvik|Opera)/\d.*|[A-Za-z][\w-]*/\d[\w.]*(?: .*)?")
_PORT = re.compile(r"\[?([0-9A-Fa-f:.]+?)\]?(?::\d{1,5})?")
_WORD = re.compile(r"[A-Za-z\u4e00-\u9fff][\w.\-@\\\u4e00-\u9fff]{1,40}")
_LOGIN = re.compile(r"(?i)log(?:in|on|out|off)|sign.?(?:in|out)|登录|登出|注销")
_GOOD = re.compile(
    r"(?i)ok|yes|success(?:ful|fully)?|succeeded|allow(?:ed)?|pass(?:ed)?|true|accept(?:ed)?|成功|允许|通过"
)
_BAD = re.compile(r"(?i)no|fail(?:ed|ure)?|error|den(?:y|ied)|block(?:ed)?|false|reject(?:ed)?|refused?|失败|拒绝|异常")
#: names by which attributes are known; the whole name, or its last part
_NAMED: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (attribute, re.compile(rf"(?i)(?:^|[._\-\s])(?:{words})$|^(?:{words})(?:$|[._\-\s])"))
    for attribute, words in (
        (SECRET, "password|passwd|pwd|secret|authorization|cookie|api.?key|access.?key|密码|口令"),
        ("actor.session.uid", "session.?id|session|sess|sid|conn.?id|connection.?id|thread.?id|会话"),
        ("database.name", "database|db|db.?name|schema|库名|数据库"),
        ("query_info.query_string", "sql|statement|query.?text|sql.?text|语句"),
        ("http_request.user_agent", "user.?agent|agent|ua"),
        ("http_request.referrer", "referr?er"),
        ("http_request.http_method", "method|verb|http.?method|request.?method"),
        ("http_request.url.path", "url|uri|path|request|request.?uri|resource|接口"),
        ("http_response.code", "status|status.?code|http.?status|code|sc|response.?code|状态码"),
        ("traffic.bytes_in", "bytes.?in|in.?bytes|rx|rcvd|recv|received|bytes.?received|request.?(?:size|length)"),
        ("traffic.bytes_out", "bytes|size|bytes.?out|out.?bytes|bytes.?sent|sent|tx|length|len|octets|字节|流量"),
        ("duration", "duration|elapsed|took|cost|latency|ms|time.?taken|耗时"),
        ("guanlan.rows", "rows"),
        ("file.path", "file|file.?path|file.?name|filename|object|文件|文件名"),
        ("src_endpoint.port", "src.?port|source.?port|sport|client.?port|remote.?port|spt"),
        ("dst_endpoint.port", "dst.?port|dest(?:ination)?.?port|dport|server.?port|dpt"),
        ("src_endpoint.hostname", "client.?host|src.?host|terminal|终端"),
        ("dst_endpoint.hostname", "server|server.?name|dst.?host|vhost|site|domain"),
        ("actor.user.name", "user|user.?name|usr|account|acct|login|operator|who|uname|suser|person|用户|用户名|账号|账户|操作员|工号"),
        ("actor.user.uid", "user.?id|uid"),
        ("actor.app_name", "app|app.?name|application|program|service|client.?app|应用|系统"),
        ("api.operation", "op|operation|action|act|event|event.?type|cmd|command|function|func|操作|动作|行为"),
        ("message", "msg|message|desc|description|detail|text|remark|reason|说明|备注|描述|内容"),
    )
)  # fmt: skip
_TIME_NAME = re.compile(r"(?i)time|date|^ts$|^at$|时间|日期|stamp")
_FILE_NAME = re.compile(r"(?i)file|object|attachment|文件|对象|附件")
_FILE = re.compile(r"(?:[A-Za-z]:)?[/\\]?[^?*<>|:]*\.\w{1,8}")
_TARGET_NAME = re.compile(r"(?i)(?:^|[._\-])(?:dst|dest|server|target|local|to|目的|服务)")
#: attributes whose values must look so, whatever the field is called
_WHOLE = frozenset({"traffic.bytes_in", "traffic.bytes_out", "duration", "src_endpoint.port", "dst_endpoint.port"})
_OUTCOME_NAME = re.compile(r"(?i)result|outcome|status|success|succ|ret|结果|是否成功")
#: how one calls a field that has no name of its own
_CALLED = {
    TIME: "time",
    "src_endpoint.ip": "client",
    "dst_endpoint.ip": "server",
    "actor.user.name": "user",
    "http_request.http_method": "method",
    "http_request.url.path": "request",
    "http_response.code": "status",
    "traffic.bytes_out": "bytes",
    "query_info.query_string": "statement",
    "http_request.user_agent": "agent",
}


@dataclass(slots=True)
class Meaning:
    """What fields become: field → attribute (or ``time``, ``secret``), the class, and what values imply."""

    fields: dict[str, str] = field(default_factory=dict)
    class_uid: int = BASE
    by: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    dialect: str = ""

    def called(self, name: str) -> str:
        """How one would call a field that has no name of its own."""
        return _CALLED.get(self.fields.get(name, ""), name)


def meaning_of(columns: Columns, *, named: bool) -> Meaning:
    """Propose what the fields mean; ``named`` says that their names are the log's own."""
    said = {name: [value for value in values if value not in _NOTHING] for name, values in columns.items()}
    found = Meaning()
    _times(found, said, named=named)
    _by_value(found, said, named=named)
    if named:
        _by_name(found, said)
    else:
        _by_place(found, said)
    _outcomes(found, said, named=named)
    found.class_uid = _class(found, said)
    found.dialect = _dialect(found, said)
    return found


def are(values: Sequence[str], test: Callable[[str], Any]) -> bool:
    """Whether most of the values pass a test; none do where there are none."""
    return bool(values) and sum(1 for value in values if test(value)) >= MOST * len(values)


def is_instant(text: str) -> bool:
    """Whether a text says an instant of this age."""
    found = instant_of(text, None, _OPTIONS) if len(text) <= 64 else None
    return found is not None and 1990 <= found.year <= 2100


def is_address(text: str) -> bool:
    """Whether a text is an address, with or without a port."""
    match = _PORT.fullmatch(text) if len(text) <= 60 else None
    if match is None:
        return False
    for one in (text, match[1]):
        try:
            ipaddress.ip_address(one.strip("[]"))
        except ValueError:
            continue
        return True
    return False


def _times(found: Meaning, said: Columns, *, named: bool) -> None:
    there = [name for name, values in said.items() if are(values, is_instant)]
    if there:
        chosen = next((name for name in there if named and _TIME_NAME.search(name)), there[0])
        found.fields[chosen] = TIME
        return
    names = list(said)
    for first, second in pairwise(names):
        both = [f"{day} {clock}" for day, clock in zip(said[first], said[second], strict=False)]
        if len(said[first]) == len(said[second]) and are(both, is_instant):
            found.fields[first] = found.fields[second] = TIME
            return


def _by_value(found: Meaning, said: Columns, *, named: bool) -> None:
    ends = [name for name in _left(found, said) if are(said[name], is_address)]
    targets = [name for name in ends if _TARGET_NAME.search(name)]
    sources = [name for name in ends if name not in targets]
    for attribute, names in (("src_endpoint.ip", sources), ("dst_endpoint.ip", targets or sources[1:])):
        if names:
            found.fields[names[0]] = attribute
    if named:
        files = (name for name in _left(found, said) if _FILE_NAME.search(name) and are(said[name], _FILE.fullmatch))
        _take(found, "file.path", files)
    for attribute, pattern in (
        ("http_request.url.path", _REQUEST),
        ("query_info.query_string", _SQL),
        ("http_request.http_method", _METHOD),
        ("http_request.url.path", _URL),
    ):
        _take(found, attribute, (name for name in _left(found, said) if are(said[name], pattern.fullmatch)))


def _left(found: Meaning, said: Columns) -> list[str]:
    return [name for name in said if name not in found.fields]


def _take(found: Meaning, attribute: str, names: Any) -> None:
    first = next(iter(names), None)
    if first is not None and attribute not in found.fields.values():
        found.fields[first] = attribute


def _by_name(found: Meaning, said: Columns) -> None:
    for attribute, pattern in _NAMED:
        if attribute.startswith("guanlan."):
            continue
        hits = [name for name in _left(found, said) if pattern.search(name) and _fits(attribute, said[name])]
        if attribute == SECRET:
            found.fields |= dict.fromkeys(hits, SECRET)
        else:
            _take(found, attribute, hits)


def _fits(attribute: str, values: Sequence[str]) -> bool:
    if attribute == "http_response.code":
        return are(values, _is_code)
    if attribute in _WHOLE:
        return are(values, lambda value: value.isascii() and value.isdigit())
    # those that look so were taken by their values
    return attribute not in ("http_request.url.path", "http_request.http_method", "query_info.query_string")


def _is_code(value: str) -> bool:
    return value.isascii() and value.isdigit() and 100 <= int(value[:4]) <= 599 and len(value) == 3


def _by_place(found: Meaning, said: Columns) -> None:
    """Fields without names: a code and a size behind a request, who asked before it, a program that calls itself so."""
    web = {"http_request.url.path", "http_request.http_method"} & set(found.fields.values())
    if web:
        _take(found, "http_response.code", (name for name in _left(found, said) if are(said[name], _is_code)))
        _take(found, "traffic.bytes_out", (name for name in _left(found, said) if are(said[name], str.isdigit)))
        _take(found, "http_request.user_agent", (name for name in _left(found, said) if are(said[name], _is_agent)))
    _take(found, "actor.user.name", (name for name in _left(found, said) if _are_persons(said[name])))


def _is_agent(value: str) -> bool:
    return _AGENT.fullmatch(value) is not None


def _are_persons(values: Sequence[str]) -> bool:
    """Words that differ from line to line, written in small letters or with digits: verbs and levels are neither."""
    plain = [value for value in values if _WORD.fullmatch(value) and not value.isupper()]
    digits = sum(any(sign.isdigit() for sign in value) for value in plain)
    return len(plain) >= MOST * max(1, len(values)) and len(set(plain)) > 1 and digits * 2 >= len(plain)


def _outcomes(found: Meaning, said: Columns, *, named: bool) -> None:
    for name in _left(found, said):
        words = set(said[name])
        told = {word: {"status_id": 1} for word in words if _GOOD.fullmatch(word)}
        told |= {word: {"status_id": 2} for word in words if _BAD.fullmatch(word)}
        if told and len(told) == len(words) <= 10 and (not named or _OUTCOME_NAME.search(name)):
            found.by[name] = dict(sorted(told.items()))
            return


def _class(found: Meaning, said: Columns) -> int:
    attributes = set(found.fields.values())
    if "query_info.query_string" in attributes:
        return DATASTORE
    if attributes & {"http_request.url.path", "http_request.http_method"}:
        return HTTP
    acts = [value for name, value in found.fields.items() if value == "api.operation"]
    operations = [one for name, value in found.fields.items() if value == "api.operation" for one in said[name]]
    if acts and are(operations, _LOGIN.search):
        return LOGIN
    return API if acts else BASE


def _dialect(found: Meaning, said: Columns) -> str:
    texts = [one for name, value in found.fields.items() if value == "query_info.query_string" for one in said[name]]
    if not texts:
        return ""
    whole = " ".join(texts).lower()
    if "[dbo]" in whole or " top " in whole:
        return "tsql"
    return "oracle" if " from dual" in whole or "nvl(" in whole or "rownum" in whole else "mysql"
