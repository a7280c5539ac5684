"""Lines of eight formats made up for measuring: what a line format, one with SQL, and each way of fields costs."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from audit.ingest.samples import nginx_lines, pgaudit_lines

_BEGIN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
_USERS = 60
_CODES = (200, 200, 200, 200, 304, 404, 500)
Make = Callable[[random.Random, datetime], str]


def _address(chance: random.Random) -> str:
    return f"10.{chance.randrange(8)}.{chance.randrange(255)}.{chance.randrange(255)}"


def _linux_auth(chance: random.Random, at: datetime) -> str:
    head = f"{at:%b %d %H:%M:%S} gate{chance.randrange(9)} "
    user = f"clerk{chance.randrange(_USERS)}"
    if chance.random() < 0.2:
        return (
            f"{head}sudo:  {user} : TTY=pts/{chance.randrange(9)} ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/id"
        )
    word = "Accepted publickey for" if chance.random() < 0.7 else "Failed password for invalid user"
    return f"{head}sshd[{chance.randrange(9999)}]: {word} {user} from {_address(chance)} port {chance.randrange(65536)} ssh2"


def _cisco_asa(chance: random.Random, at: datetime) -> str:
    number, inside, outside = chance.randrange(10**6), _address(chance), _address(chance)
    head = f"<166>{at:%b %d %Y %H:%M:%S} fw : "
    ends = f"outside:{outside}/{chance.randrange(65536)} to inside:{inside}/443"
    if chance.random() < 0.5:
        return (
            f"{head}%ASA-6-302014: Teardown TCP connection {number} for {ends} duration 0:00:10 bytes {number} TCP FINs"
        )
    return f'{head}%ASA-4-106023: Deny tcp src {ends.replace(" to ", " dst ")} by access-group "OUT" [0x0, 0x0]'


def _fortigate(chance: random.Random, at: datetime) -> str:
    return (
        f'date={at:%Y-%m-%d} time={at:%H:%M:%S} devname="fw7" devid="FG7" logid="0000000013" type="traffic" subtype="forward" '
        f'level="notice" vd="root" eventtime={int(at.timestamp())} srcip={_address(chance)} srcport={chance.randrange(65536)} '
        f'srcintf="port1" dstip={_address(chance)} dstport=443 dstintf="port2" sessionid={chance.randrange(10**7)} proto=6 '
        f'action="accept" policyid=7 service="HTTPS" duration={chance.randrange(99)} sentbyte={chance.randrange(10**6)} '
        f'rcvdbyte={chance.randrange(10**6)} sentpkt=7 rcvdpkt=9 user="clerk{chance.randrange(_USERS)}"'
    )


def _cef(chance: random.Random, at: datetime) -> str:
    return (
        f"<13>{at:%b %d %H:%M:%S} gate CEF:0|Guard|Database Wall|2.1|{chance.choice((100, 101, 200))}|Statement|{chance.randrange(1, 9)}|"
        f"rt={int(at.timestamp() * 1000)} src={_address(chance)} spt={chance.randrange(65536)} dst=10.9.9.9 dpt=5432 "
        f"suser=clerk{chance.randrange(_USERS)} act=permit outcome=success in={chance.randrange(10**5)} out=99 "
        f"cs1=transport cs1Label=database msg=read {chance.randrange(500)} rows of permits"
    )


def _kubernetes_audit(chance: random.Random, at: datetime) -> str:
    name, code = f"clerk{chance.randrange(_USERS)}", chance.choice(_CODES)
    return (
        f'{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"{chance.randrange(10**12):012x}",'
        f'"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/hr/secrets/{chance.randrange(99)}","verb":"get",'
        f'"user":{{"username":"{name}","groups":["system:authenticated"]}},"sourceIPs":["{_address(chance)}"],'
        f'"userAgent":"kubectl/v1.31","objectRef":{{"resource":"secrets","namespace":"hr","name":"db","apiVersion":"v1"}},'
        f'"responseStatus":{{"metadata":{{}},"code":{code}}},"requestReceivedTimestamp":"{at:%Y-%m-%dT%H:%M:%S}.123456Z",'
        f'"stageTimestamp":"{at:%Y-%m-%dT%H:%M:%S}.223456Z","annotations":{{"authorization.k8s.io/decision":"allow"}}}}'
    )


def _windows_xml(chance: random.Random, at: datetime) -> str:
    who = f"clerk{chance.randrange(_USERS)}"
    data = {
        "SubjectUserName": "GATE$",
        "TargetUserName": who,
        "TargetDomainName": "HQ",
        "LogonType": "3",
        "IpAddress": _address(chance),
    }
    fields = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/>"
        f"<EventID>{chance.choice((4624, 4625, 4634))}</EventID><Level>0</Level><Keywords>0x8020000000000000</Keywords>"
        f"<TimeCreated SystemTime='{at:%Y-%m-%dT%H:%M:%S}.123Z'/><EventRecordID>{chance.randrange(10**7)}</EventRecordID>"
        f"<Channel>Security</Channel><Computer>dc1.example.cn</Computer></System><EventData>{fields}</EventData></Event>"
    )


def _made(make: Make) -> Callable[[int], Iterator[str]]:
    def lines(count: int) -> Iterator[str]:
        chance = random.Random(1)  # noqa: S311 - made-up lines, no secret
        return (make(chance, _BEGIN + timedelta(milliseconds=25 * number)) for number in range(count))

    return lines


#: format → its lines; SQL is parsed in pgaudit's
MAKERS: Mapping[str, Callable[[int], Iterator[str]]] = {
    "nginx": nginx_lines,
    "pgaudit": pgaudit_lines,
    "linux_auth": _made(_linux_auth),
    "cisco_asa": _made(_cisco_asa),
    "fortigate": _made(_fortigate),
    "cef": _made(_cef),
    "kubernetes_audit": _made(_kubernetes_audit),
    "windows_xml": _made(_windows_xml),
}
