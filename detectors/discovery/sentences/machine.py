"""Which lines machines wrote: logs, statements, code, configuration. In those a model of language sees persons that are none.

A line is judged by itself. ``MACHINE`` lines are read for values and for names behind a key that says so
(``driverName=``); ``NOTE`` lines begin like a log's and go on in words (a chat, a message of a program): there a
name has to be beyond doubt; ``PROSE`` is read freely.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache


class Hand(StrEnum):
    """Who wrote a line."""

    PROSE = "prose"
    NOTE = "note"
    MACHINE = "machine"


_HAN = re.compile("[\u3400-\u9fff]")
_STAMP = (
    r"(?:\[|\()?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?"
    r"|\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}[^\]]*|[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}(?: \d{4})?|\d{10,13}(?:\.\d+)?|\d{14})(?:\]|\))?"
)
_BEGINS_STAMPED = re.compile(rf"^\s*(?:<\d{{1,3}}>)?\d*\s*{_STAMP}(?=[\s|,;\[(-]|$)")
_LEVEL = re.compile(
    r"(?<![A-Za-z])(?:INFO|WARN(?:ING)?|ERROR|DEBUG|TRACE|FATAL|CRITICAL|NOTICE|SEVERE|AUDIT|LOG|STATEMENT|DETAIL|HINT|PANIC)(?![A-Za-z])|\[(?:info|warn|error|debug|notice|crit)\]|level="
)
_SQL = re.compile(
    r"(?is)^\W*(?:explain\s+(?:analyze\s+)?)?(?:select\b.*?\b(?:from|as|limit|where)\b|select\s+[\w*'(@]+\s*(?:[,;(]|$)|insert\s+(?:ignore\s+)?into\b|update\s+\S+\s+(?:\S+\s+)?set\b|delete\s+from\b|replace\s+into\b|merge\s+into\b"
    r"|create\s+(?:or\s+replace\s+|unique\s+|temp\w*\s+)*(?:table|index|view|user|role|database|schema|function|procedure|trigger|sequence|materialized)\b|alter\s+(?:table|user|role|database|index|system)\b"
    r"|drop\s+(?:table|index|view|user|role|database|schema)\b|truncate\b|grant\s+.+\bto\b|revoke\s+.+\bfrom\b|with\s+(?:recursive\s+)?\S+\s+as\s*\(|comment\s+on\b|copy\s+\S+.*\b(?:from|to)\b|call\s+[\w.]+\s*\("
    r"|exec(?:ute)?\s+\S+|set\s+(?:session\s+|global\s+|local\s+|names\s+)?[\w.@]+\s*(?:=|to\b)|show\s+(?:tables|databases|variables|processlist|create|grants|index|status|full)\b|use\s+\w+;?$|begin\b;?|commit\b;?|rollback\b;?|declare\s+\S+|fetch\s+\S+|vacuum\b|analyze\b"
    r"|desc(?:ribe)?\s+\w+;?$|lock\s+tables?\b|values\s*\(|(?:left|right|inner|full|cross)?\s*(?:outer\s+)?join\s+\S+|where\s+\S+\s*(?:=|<|>|in\b|like\b|is\b|between\b)|(?:group|order)\s+by\s+\S+|having\s+\S+|union(?:\s+all)?\b|limit\s+\d+|from\s+[\w.\"`]+\s+(?:\w+\s+)?(?:where|join|order|group|limit)\b)"
)
_CODE = re.compile(
    r"^\s*(?:at\s+[\w.$<>/]+\(|Caused by:|\.\.\. \d+ (?:more|common)|Traceback \(|File \"[^\"]*\", line \d+|[\w.]+(?:Exception|Error|Warning)\b|Exception in thread"
    r"|(?:async\s+)?(?:def|class|function|func|fn)\s+\w+\s*[(:{<]|(?:from\s+[\w.]+\s+)?import\s+[\w.*{]|package\s+[\w.]+;?$|#include|using\s+[\w.]+;|(?:public|private|protected|static|final|const|let|var|return|export|import|yield|raise|throw|await|assert|elif|else|try|except|catch|finally|switch|case|break|continue)\b.*[;(){}=:\[\]'\"]"
    r"|(?:if|for|while|with)\b.*[:{]\s*$|@\w+(?:\(.*\))?\s*$|(?:\$|>>>|PS [A-Z]:.*>|[\w.-]+@[\w.-]+[:~ ].*[$#])\s+\S|(?:sudo|cd|ls|cat|grep|awk|sed|curl|wget|docker|kubectl|git|pip|npm|apt(?:-get)?|yum|systemctl|chmod|chown|echo|export|tar|ssh|scp|rsync|mysql|psql|mysqldump|redis-cli|ps|kill|find|tail|head|vim|make|java|python3?|node|service|crontab)\s+[-./$\w'\"]"
    r"|<[/?!]?[\w:-]+[^>]*>|//(?!\s*@)|/\*|\*/|\*\s|--\s|;;|%\w+%|\$\{?\w+|\}|\{|\[|\]|\)|\();?"
)
_YAML = re.compile(
    r"^\s*(?:-\s+)?[a-z_][a-zA-Z0-9_./-]*:(?:\s*$|\s+(?:[\[{|>&*!]|[\"'][^\"'\s]*[\"']?\s*$|[^\s?!]+\s*$|\S+\s+#|\d))"
)
_PROPERTIES = re.compile(r"^\s*(?:export\s+)?[A-Za-z_][\w.\[\]-]*\s*=\s*\S*")
_PAIRS = re.compile(r"(?<![\w.])[A-Za-z_][\w.-]*=(?:\S|$)")
_JSON = re.compile(r"[\"'][\w .:-]+[\"']\s*:\s*(?:[\"'\[{]|-?\d|true|false|null)|^\s*[\"'][^\"']*[\"']\s*:\s*")
_HOST = re.compile(
    r"^\s*(?:<\d+>)?(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\s+(?:-|\[|\"|\S+ - )|^\S+ \S+ (?:sshd|sudo|kernel|systemd|CRON|nginx|dockerd|postgres)\b"
)
_REQUEST = re.compile(r"\"?\b(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH)\s+/\S*|\bHTTP/[12]|https?://\S+\s+\d{3}\b")
_WINDOWS = re.compile(
    r"^\s*(?:日志名称|来源|事件\s*ID|任务类别|级别|关键字|计算机|帐户名|帐户域|安全 ID|登录 ID|登录类型|进程名|进程 ID|源网络地址|工作站名|Log Name|Event ID|Source|Task Category|Security ID|Account Name|Account Domain|Logon ID|Logon Type|Process Name)\s*[:：=]|EventID|EventCode="
)
_NAMES_OF_CODE = re.compile(
    r"(?:[a-z][\w$]*\.){2,}[A-Za-z_$]\w*|\b[a-z]+(?:[A-Z][a-z]+)+\(|\w+::\w+|\b\w+\(\)|\b[a-z]+_[a-z_]+\b|\b\w+\.(?:java|py|go|js|ts|cs|cpp|rb|php|log|conf|ya?ml|xml|sh|sql|jar|dll|exe)\b(?::\d+)?"
)
_SYMBOLS = re.compile(r"[{}\[\]()<>=;|&%$#@^~`\\/_*+\"']")
_BRACKETED = re.compile(r"^\s*(?:\[[^\]]{1,60}\]\s*){1,6}")
#: what a post on a social network has: a repost, a topic, an emoticon
_POST = re.compile(r"//\s*@|#[^#\s]{2,30}#|^(?:\[[\u3400-\u9fffA-Za-z]{1,4}\])+(?!\s)|回复@")
_URL = re.compile(r"\w+://[\w./?=&%#~:+-]+")
_NUMBERED = re.compile(
    r"\b(?:\d+\s*ms|\d+ms|\d+(?:\.\d+)?(?:KB|MB|GB|s)\b|0x[0-9a-fA-F]+|[0-9a-f]{8}-[0-9a-f]{4}|pid[ =:]\d+|#\d+|\[\d+\])"
)


def lines(text: str) -> Iterator[tuple[int, str, Hand]]:
    """Each line's place, itself and who wrote it; lines of prose that follow one another stay together."""
    start = 0
    run_start, run = 0, ""
    for line in text.splitlines(keepends=True):
        hand = hand_of(line)
        if hand is Hand.PROSE:
            run_start, run = (run_start, run + line) if run else (start, line)
        else:
            if run:
                yield run_start, run, Hand.PROSE
            run = ""
            yield start, line, hand
        start += len(line)
    if run:
        yield run_start, run, Hand.PROSE


@lru_cache(maxsize=4096)
def hand_of(line: str) -> Hand:
    """Who wrote a line."""
    bare = _URL.sub(" ", line).strip() if "://" in line and not _REQUEST.search(line) else line.strip()
    if not bare or _POST.search(bare):
        return Hand.PROSE
    said = _BEGINS_STAMPED.sub("", bare)  # what is left behind the time
    han = len(_HAN.findall(said)) / max(1, len(said.strip()))
    if _is_machine(bare, han):
        return Hand.MACHINE
    stamped = _BEGINS_STAMPED.match(bare) is not None
    return Hand.NOTE if stamped or _BRACKETED.match(bare) or (han and _NUMBERED.search(bare)) else Hand.PROSE


def _is_machine(line: str, han: float) -> bool:
    """Whether one of the signs is there that people's sentences do not have."""
    if _SQL.match(line) or _WINDOWS.search(line) or _HOST.match(line) or _REQUEST.search(line):
        return True
    if _LEVEL.search(line) and (_BEGINS_STAMPED.match(line) or han < 0.9):
        return True
    if len(_PAIRS.findall(line)) >= 2 or _JSON.search(line) or (_PROPERTIES.match(line) and han < 0.9):
        return True
    if _CODE.match(line) or _YAML.match(line):
        return True
    if _BEGINS_STAMPED.match(line) and han < 0.3:
        return True
    return han < 0.5 and (
        (_NAMES_OF_CODE.search(line) is not None and len(_SYMBOLS.findall(line)) >= 0.05 * len(line))
        or len(_SYMBOLS.findall(line)) > 0.15 * len(line)
    )
