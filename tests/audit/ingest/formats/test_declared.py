"""The declared formats: each reads its own lines, no other's, and refuses what is cut."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from audit.ingest.formats import DECLARED, NAMES, ParseOptions, find_format, parse_bytes
from audit.ingest.formats.declaration import declaration_of
from audit.ingest.formats.declared import declared_format
from audit.ingest.formats.samples import shipped_samples, shipped_text
from audit.ingest.frame import EVENT_TYPES
from audit.ingest.guess import guess_format
from soc.text import speaking
from tests.audit.ingest.formats.reading import lines, parsed

SAMPLES = {name: shipped_text(name) for name in DECLARED}
_ADDRESS = "10.1.2.3"


def test_every_shipped_format_has_a_sample() -> None:
    assert set(shipped_samples()) == set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DECLARED])
def test_a_sample_of_a_module_s_format_is_told_as_that(name: str) -> None:
    found = guess_format(shipped_text(name).encode(), ParseOptions())
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", DECLARED)
def test_a_sample_is_read_whole_and_dated(name: str) -> None:
    rows = parsed(name, SAMPLES[name])
    assert [row["error"] for row in rows] == [None] * len(rows)
    assert {row["time"].strftime("%Y-%m-%d") for row in rows} <= {"2026-11-22"}
    assert name in {"syslog", "klog"} or any(row.get("src_endpoint.ip") == _ADDRESS for row in rows)


@pytest.mark.parametrize("name", DECLARED)
def test_a_sample_is_told_from_all_other_formats(name: str) -> None:
    found = guess_format(SAMPLES[name].encode(), ParseOptions())
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", DECLARED)
def test_columns_have_the_types_of_the_schema(name: str) -> None:
    frame = parse_bytes(find_format(name), SAMPLES[name].encode(), ParseOptions())
    known = {column: kind for column, kind in frame.schema.items() if column in EVENT_TYPES}
    assert known == {column: EVENT_TYPES[column] for column in known}


@pytest.mark.parametrize(
    "name",
    [name for name in DECLARED if name not in {"syslog", "linux_auth", "mysql_general", "auditd", "nginx_error"}],
)
def test_a_first_half_of_a_line_is_quarantined_with_a_reason(name: str) -> None:
    line = next(one for one in SAMPLES[name].split("\n") if not one.startswith("#"))
    (row,) = parsed(name, line[: len(line) // 4])
    assert row["error"] in {"ingest.bad.declared", "ingest.bad.time"}


@pytest.mark.parametrize("name", DECLARED)
def test_bytes_of_no_encoding_and_other_text_break_nothing(name: str) -> None:
    for body in (b"\xff\xfe\x00\x01\n", "乱码".encode("gb18030") + b"\n", b"{}\n", b"[1,2]\n", b"#\n", b"null\n"):
        rows = parsed(name, body)
        assert [row["error"] is None for row in rows] == [False]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"syslog", "linux_auth"}])
def test_plain_words_are_no_format(name: str) -> None:
    assert all(row["error"] for row in parsed(name, "hello world\nthis is prose\n"))


def _one(name: str, number: int = 0) -> dict[str, Any]:
    return lines(name, SAMPLES[name])[number]


def test_a_refused_login_names_account_and_outcome() -> None:
    found = [
        _one("mariadb_audit", 1),
        _one("mysql_error"),
        _one("linux_auth", 1),
        _one("windows_xml"),
        _one("opensearch_audit"),
    ]
    assert [(one["class_uid"], one["activity_id"], one["status_id"]) for one in found] == [(3002, 1, 2)] * 5
    assert [one["actor"]["user"]["name"] for one in found] == ["app", "app", "bob", "alice", "alice"]


def test_a_statement_gives_its_operation_and_text() -> None:
    found = _one("mysql_general", 1)
    assert found["query_info"]["query_string"] == "select *\nfrom staff"
    assert (found["api"]["operation"], found["activity_id"], found["actor"]["session"]["uid"]) == ("SELECT", 1, "12")


def test_records_of_one_audit_event_are_one_record() -> None:
    call, login = lines("auditd", SAMPLES["auditd"])
    assert (call["class_uid"], call["activity_id"], call["status_id"]) == (1007, 1, 1)
    assert call["unmapped"]["auditd"]["execve.a1"] == "/etc/shadow"
    assert (login["actor"]["user"]["name"], login["status_id"]) == ("alice", 2)


def test_an_error_line_whose_quote_is_open_is_cut() -> None:
    text = SAMPLES["nginx_error"]
    (row,) = parsed("nginx_error", text[: text.index('/a"') + 2])
    assert row["error"] == "ingest.bad.declared"


def test_a_message_without_any_time_has_that_of_its_arrival() -> None:
    text = '%ASA-6-605005: Login permitted from 10.1.2.3/4 to inside:10.9.9.9/ssh for user "alice"'
    arrival = datetime(2026, 11, 22, 3, tzinfo=UTC)
    (row,) = parsed("cisco_asa", text, received=arrival)
    assert (row["time"], row["actor.user.name"], row["status_id"]) == (arrival, "alice", 1)


def test_an_audit_line_whose_quote_is_open_is_cut() -> None:
    text = SAMPLES["auditd"].split("\n")[0]
    (row,) = parsed("auditd", text[: text.index("/usr/bin/cat") + 4])
    assert row["error"] == "ingest.bad.declared"


def test_a_request_line_becomes_method_path_and_query() -> None:
    for name in ("apache", "kong", "nginx_json", "nginx_error", "zeek_http", "iis"):
        request = _one(name)["http_request"]
        assert (request["http_method"], request["url"]) == ("GET", {"path": "/a", "query_string": "b=1"})


def test_cef_values_keep_blanks_and_escapes() -> None:
    found = _one("cef")
    assert (found["message"], found["status_id"]) == ("with a = and blanks", 2)
    assert found["unmapped"]["cef"]["name"] == "Login a|b"


def test_a_cef_record_of_heads_alone_breaks_nothing() -> None:
    rows = parsed("cef", SAMPLES["cef"] + "Nov 22 10:00:00 fw CEF:0|Vendor|Gate|1.0|100|Login|5|\n")
    assert [row["error"] for row in rows] == [None, None]
    assert rows[1]["src_endpoint.ip"] is None


def test_bytes_of_a_closed_connection_are_kept() -> None:
    assert _one("cisco_asa")["unmapped"]["cisco_asa"]["bytes"] == "512"
    assert _one("zeek_conn")["traffic"] == {"bytes_out": 512}


def test_a_table_whose_columns_change_is_read_under_the_names_above_each_row() -> None:
    first, second = lines("iis", SAMPLES["iis"])
    assert (first["actor"]["user"]["name"], first["traffic"], first["duration"]) == ("alice", {"bytes_out": 512}, 21)
    assert (second["http_request"]["url"]["path"], second["status_id"], second["time"]) == ("/b", 2, 1795316401000)
    assert "s3cr3t" not in str(first["unmapped"])


def test_a_row_without_its_head_has_the_columns_that_a_new_site_writes() -> None:
    row = "2026-11-22 02:00:00 10.9.9.9 GET /a b=1 443 alice 10.1.2.3 curl/8 - 404 0 2 21\n"
    (found,) = lines("iis", row)
    assert (found["http_response"]["code"], found["src_endpoint"]["ip"]) == (404, "10.1.2.3")


def test_a_signature_is_left_out_of_the_event() -> None:
    assert "s3cr3t" not in str(_one("minio_audit")["unmapped"])


def test_a_declaration_may_come_from_text() -> None:
    told = declaration_of(
        "name = 'own'\n[[cases]]\nmatch = '^(?P<time>\\S+) (?P<who>\\w+)$'\n[map]\n'actor.user.name' = 'who'\n"
    )
    frame = parse_bytes(declared_format(told), b"2026-11-22T10:00:00Z alice\n!\n", ParseOptions())
    assert frame["actor.user.name"].to_list() == ["alice", None]
    assert frame["error"].to_list() == [None, "ingest.bad.declared"]


def test_a_format_that_was_never_tried_on_a_real_log_says_so_in_its_title() -> None:
    with speaking("en"):
        assert (
            find_format("kong").title == "Kong gateway log, JSON (written from documents, not yet tried on a real log)"
        )
        assert "documents" not in find_format("nginx").title
    with speaking("zh"):
        assert "未经真实日志验证" in find_format("dameng_audit").title


@pytest.mark.parametrize(
    ("written", "host", "name", "port"),
    [
        ("[2001:db8::1]:443", "2001:db8::1", None, 443),
        ("[10.1.2.3]:5", "10.1.2.3", None, 5),
        ("10.1.2.3:5", "10.1.2.3", None, 5),
        ("2001:db8::1", "2001:db8::1", None, None),
        ("pc1.a.cn:5", None, "pc1.a.cn", 5),
        ("pc1", None, "pc1", None),
    ],
)
def test_a_client_s_address_name_and_port_are_told_apart(
    written: str, host: str | None, name: str | None, port: int | None
) -> None:
    text = SAMPLES["microsoft_365"].replace("10.1.2.3", written)
    (row,) = parsed("microsoft_365", text)
    assert (row["src_endpoint.ip"], row["src_endpoint.hostname"], row["src_endpoint.port"]) == (host, name, port)


def test_json_documents_are_read_however_they_stand() -> None:
    one = SAMPLES["cloudtrail"].strip()
    two = one.replace("GetObject", "PutObject")
    texts = [
        f'{{"Records":[{one},{two}]}}',
        f"[\n{one},\n{two}\n]\n",
        f"[{one},{two}]",
        f"{one}\n{two}\n",
        orjson.dumps({"Records": [orjson.loads(one), orjson.loads(two)]}, option=orjson.OPT_INDENT_2).decode(),
        "".join(orjson.dumps(orjson.loads(each), option=orjson.OPT_INDENT_2).decode() + "\n" for each in (one, two)),
    ]
    found = [[row["api.operation"] for row in parsed("cloudtrail", text)] for text in texts]
    assert found == [["GetObject", "PutObject"]] * len(texts)


def test_a_document_behind_a_syslog_head_is_read() -> None:
    (row,) = parsed("cloudtrail", f"<13>Nov 22 10:00:00 relay shipper[7]: {SAMPLES['cloudtrail']}")
    assert (row["error"], row["actor.user.name"]) == (None, "alice")


def test_a_broken_document_among_whole_ones_is_the_only_bad_record() -> None:
    one = SAMPLES["cloudtrail"]
    errors = [row["error"] for row in parsed("cloudtrail", one + one[:40] + "\n" + one)]
    assert errors == [None, "ingest.bad.declared", None]


def test_what_a_program_chose_is_read_from_hexadecimal_and_numbers_are_not() -> None:
    text = (
        "type=SYSCALL msg=audit(1795312800.123:7): arch=c000003e syscall=59 success=yes exit=0 a0=123456 a1=7f00aa ppid=1 "
        "pid=2 auid=1000 uid=0 euid=0 ses=3 exe=2F746D702F6120622F63 key=(null)\n"
        'type=EXECVE msg=audit(1795312800.123:7): argc=2 a0="sh" a1=2D63206C73\n'
        "type=ADD_GROUP msg=audit(1795312801.1:8): pid=5 uid=0 auid=1000 ses=3 msg='op=adding group to /etc/group id=9 "
        'exe="/usr/sbin/groupadd" hostname=? addr=10.1.2.3 terminal=pts/2 res=success\'\n'
    )
    call, group = lines("auditd", text, "ecs")
    assert (call["process.executable"], call["auditd.log.a0"], call["auditd.log.execve.a1"]) == (
        "/tmp/a b/c",
        "123456",
        "-c ls",
    )
    assert (call["host.architecture"], call["process.pid"], call["user.audit.id"]) == ("x86_64", 2, "1000")
    assert (group["auditd.log.op"], group["source.ip"], group["event.action"]) == (
        "adding group to /etc/group",
        "10.1.2.3",
        "add_group",
    )


def test_a_server_s_error_log_is_known_where_a_statement_went_into_it() -> None:
    text = (
        "261122  9:46:45\t    13 Query\tSHOW STATUS\n"
        "2026-11-22 10:00:00 0 [Note] InnoDB: Using Linux native AIO\n"
        "2026-11-22 10:00:01 0 [Note] mysqld: ready\nVersion: '10.4'  socket: ''  port: 3306\n"
    )
    found = guess_format(text.encode(), ParseOptions())
    assert found is not None
    assert found.name == "mysql_error"
    assert parsed("mysql_error", text)[0]["time"].isoformat()[:13] == "2026-11-22T01"


def test_other_programs_lines_in_an_auth_log_are_read_and_do_not_make_one() -> None:
    auth = "Nov 22 10:00:00 web sshd[1]: Accepted password for alice from 10.1.2.3 port 5 ssh2\n"
    other = "Nov 22 10:00:01 web kernel: eth0 up\n"
    named = [guess_format(text.encode(), ParseOptions()) for text in (auth * 3 + other, auth + other * 3)]
    assert [one.name if one else None for one in named] == ["linux_auth", "syslog"]
    assert [row["error"] for row in parsed("linux_auth", auth + other)] == [None, None]


def test_the_parts_of_a_syslog_line_have_their_ecs_names() -> None:
    login, sudo = lines("linux_auth", SAMPLES["linux_auth"], "ecs")[::2]
    assert {
        name: login[name] for name in ("host.hostname", "process.name", "process.pid", "event.action", "source.port")
    } == {
        "host.hostname": "web",
        "process.name": "sshd",
        "process.pid": 12,
        "event.action": "ssh_login",
        "source.port": 4567,
    }
    assert (sudo["user.name"], sudo["user.effective.name"], sudo["system.auth.sudo.command"]) == (
        "alice",
        "root",
        "/usr/bin/id",
    )


def test_a_syslog_tag_may_have_blanks_or_be_missing_and_a_line_may_go_on() -> None:
    text = "Nov 22 10:00:00 pc Some Agent[7]: one\n\ttwo\nNov  2 10:00:01 pc three\nNov  2 10:00:01  app[8]: four\n"
    found = lines("syslog", text, "ecs")
    assert [(one.get("process.name"), one["message"]) for one in found] == [
        ("Some Agent", "one\n\ttwo"),
        (None, "three"),
        ("app", "four"),
    ]


def test_a_firewall_s_ends_are_read_with_and_without_zones() -> None:
    head = "Nov 22 2026 10:00:00 UTC: %ASA-2-106001: Inbound TCP connection denied from "
    text = f"{head}10.1.2.3/5 to 10.9.9.9/443 flags SYN  on interface out\n"
    text += (
        "Nov 22 2026 10:00:00: %ASA-6-106100: access-list in denied udp in/10.1.2.3(5) -> out/10.9.9.9(53) hit-cnt 1\n"
    )
    for one in lines("cisco_asa", text, "ecs"):
        ends = one["source.ip"], one["source.port"], one["destination.ip"], one["event.outcome"], one["event.action"]
        assert ends == ("10.1.2.3", 5, "10.9.9.9", "failure", "firewall-rule")
    assert parsed("cisco_asa", text)[0]["time"] == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_totals_and_numbers_follow_from_what_ecs_is_told() -> None:
    flow = lines("fortigate", SAMPLES["fortigate"].replace("action=", "proto=17 action="), "ecs")[0]
    assert (flow["network.bytes"], flow["network.transport"], flow["network.iana_number"]) == (611, "udp", "17")
    site = lines("cef", SAMPLES["cef"].replace("src=", "request=https://a.cn/x/y.js?b=1 src="), "ecs")[0]
    assert (site["url.original"], site["url.path"], site["url.extension"], site["destination.domain"]) == (
        "https://a.cn/x/y.js?b=1",
        "/x/y.js",
        "js",
        "a.cn",
    )


def test_an_audit_file_of_oracle_names_account_action_and_outcome() -> None:
    login, read = lines("oracle_audit_file", SAMPLES["oracle_audit_file"])
    assert (login["class_uid"], login["status_id"], login["src_endpoint"]["ip"]) == (3002, 2, _ADDRESS)
    assert (read["api"]["operation"], read["query_info"]["query_string"]) == ("SELECT", "select name from staff")


def test_an_event_of_windows_has_the_names_of_ecs_under_whichever_root_it_stands() -> None:
    data = {
        "SubjectUserName": "DC1$",
        "TargetUserName": "alice",
        "IpAddress": "10.1.2.3",
        "ProcessName": "C:\\W\\a.exe",
    }
    text = orjson.dumps(
        {
            "@timestamp": "2026-11-22T02:00:00Z",
            "winlog": {
                "event_id": "4625",
                "computer_name": "dc1",
                "channel": "Security",
                "provider_name": "Security-Auditing",
                "keywords": ["Audit Failure"],
                "event_data": data,
            },
        }
    )
    (found,) = lines("windows_json", text, "ecs")
    assert {name: found[name] for name in ("event.code", "event.action", "event.outcome", "event.provider")} == {
        "event.code": "4625",
        "event.action": "logon-failed",
        "event.outcome": "failure",
        "event.provider": "Security-Auditing",
    }
    assert (found["user.name"], found["process.name"], found["host.name"]) == ("alice", "a.exe", "dc1")


def test_a_table_with_a_head_is_read_as_documents() -> None:
    text = (
        "EVENT_TIMESTAMP,DBUSERNAME,ACTION_NAME,RETURN_CODE,USERHOST,SQL_TEXT\n"
        '2026-11-22 10:00:00.123,ALICE,SELECT,0,10.1.2.3,"select a,\nb from staff"\n'
        "2026-11-22 10:00:01.123,BOB,SELECT,942,10.1.2.3,select 1\n"
    )
    found = guess_format(text.encode(), ParseOptions())
    assert found is not None
    assert found.name == "oracle_audit"
    first, second = parsed("oracle_audit", text)
    assert (first["line"], first["query_info.query_string"], first["status_id"]) == (1, "select a,\nb from staff", 1)
    assert (second["line"], second["actor.user.name"], second["status_id"]) == (3, "BOB", 2)


def test_the_answer_of_an_api_says_its_outcome() -> None:
    codes = [SAMPLES["kubernetes_audit"], SAMPLES["kubernetes_audit"].replace('"code":200', '"code":403')]
    assert [parsed("kubernetes_audit", text)[0]["status_id"] for text in codes] == [1, 2]


def test_a_list_of_kubernetes_is_read_item_by_item() -> None:
    item = SAMPLES["kubernetes_audit"].strip()
    text = f'{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{item},{item}]}}'
    assert [row["api.operation"] for row in parsed("kubernetes_audit", text)] == ["list", "list"]


def test_a_firewall_s_local_hosts_and_other_ends_are_read() -> None:
    head = "Nov 22 2026 10:00:00: %ASA-6-"
    text = (
        f"{head}609002: Teardown local-host in:10.1.2.3 duration 0:01:00\n"
        f"{head}106016: Deny IP spoof from (10.1.2.3) to 10.9.9.9 on interface out\n"
        f"{head}725001: Starting SSL handshake with client out:10.1.2.3/5 to 10.9.9.9/443 for TLS session\n"
    )
    local, spoof, _ = lines("cisco_asa", text, "ecs")
    assert (local["source.ip"], local["event.action"], local["event.duration"]) == (
        _ADDRESS,
        "flow-expiration",
        60 * 10**9,
    )
    assert (spoof["source.ip"], spoof["destination.ip"], spoof["event.outcome"]) == (_ADDRESS, "10.9.9.9", "failure")


def test_cef_keys_have_the_full_names_of_its_dictionary() -> None:
    found = lines("cef", SAMPLES["cef"], "ecs")[0]
    assert (found["cef.extensions.sourceAddress"], found["cef.extensions.sourceUserName"], found["cef.version"]) == (
        _ADDRESS,
        "alice",
        "0",
    )


_FTD = (
    "2026-11-22T02:00:00Z ftd7  %FTD-1-430003: FirstPacketSecond: 2026-11-22T01:59:30Z, AccessControlRuleAction: Block with reset, "
    "SrcIP: 10.1.2.3, DstIP: 10.9.9.9, SrcPort: 4567, DstPort: 80, Protocol: tcp, ACPolicy: default, AccessControlRuleName: No-7, "
    "Prefilter Policy: Default Prefilter Policy, User: HQ\\alice, UserAgent: curl (X11, like others) 8, ApplicationProtocol: HTTP, "
    "ConnectionDuration: 30, InitiatorBytes: 512, ResponderBytes: 99, HTTPResponse: 403, URL: http://a.cn/b?c=1\n"
)


def test_a_threat_defence_s_pairs_are_read_in_whatever_order() -> None:
    (one,) = lines("cisco_asa", _FTD, "ecs")
    assert (one["source.ip"], one["source.port"], one["destination.ip"]) == ("10.1.2.3", 4567, "10.9.9.9")
    assert (one["source.bytes"], one["destination.bytes"], one["network.bytes"]) == (512, 99, 611)
    assert (one["user.name"], one["user_agent.original"]) == ("HQ\\alice", "curl (X11, like others) 8")
    assert (one["event.action"], one["event.outcome"], one["event.code"]) == (
        "connection-finished",
        "failure",
        "430003",
    )
    assert (one["rule.name"], one["event.duration"], one["url.path"]) == ("No-7", 30 * 10**9, "/b")


def test_nobody_is_the_user_where_a_firewall_asked_for_none() -> None:
    (one,) = lines("cisco_asa", _FTD.replace("HQ\\alice", "No Authentication Required"), "ecs")
    assert "user.name" not in one


@pytest.mark.parametrize(("way", "source"), [("inbound", "10.1.2.3"), ("outbound", "10.9.9.9")])
def test_who_began_an_echo_is_told_from_its_direction(way: str, source: str) -> None:
    ends = "faddr out:10.1.2.3/7 gaddr 10.9.9.8/0 laddr in:10.9.9.9/0 type 8 code 0"
    text = f"<166>Nov 22 2026 10:00:00 fw : %ASA-6-302020: Built {way} ICMP connection for {ends}\n"
    (one,) = lines("cisco_asa", text, "ecs")
    assert one["source.ip"] == source


def test_sysmon_s_user_and_process_are_read() -> None:
    event = {
        "EventID": 1,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Hostname": "pc7",
        "EventTime": "2026-11-22 02:00:00",
    }
    event |= {
        "User": "HQ\\alice",
        "Image": "C:\\Windows\\cmd.exe",
        "CommandLine": "cmd /c id",
        "EventType": "AUDIT_SUCCESS",
    }
    (one,) = lines("windows_json", orjson.dumps(event).decode() + "\n", "ecs")
    assert (one["user.name"], one["user.domain"], one["process.name"]) == ("alice", "HQ", "cmd.exe")
    assert (one["event.outcome"], one["event.category"]) == ("success", ["process"])


def test_an_address_of_ipv4_inside_ipv6_is_the_address_of_ipv4() -> None:
    (one,) = lines(
        "elasticsearch_audit", SAMPLES["elasticsearch_audit"].replace("10.1.2.3:", "[::ffff:10.1.2.3]:"), "ecs"
    )
    assert (one["source.ip"], one["source.port"]) == ("10.1.2.3", 4567)


def test_a_document_of_ecs_keeps_its_names() -> None:
    document = {
        "@timestamp": "2026-11-22T02:00:00Z",
        "message": "x",
        "event": {"action": "logged-in", "outcome": "failure"},
    }
    document |= {"agent": {"name": "a7"}, "host": {"name": "pc7"}, "rule": {"id": "7"}}
    (one,) = lines("shipper_json", orjson.dumps(document).decode() + "\n", "ecs")
    assert (one["event.action"], one["event.outcome"], one["rule.id"]) == ("logged-in", "failure", "7")
    assert (one["host.name"], one["agent.name"], one.get("process.name")) == ("pc7", "a7", None)


def test_a_program_s_document_with_a_timestamp_is_not_postgresql_s() -> None:
    (row,) = parsed(
        "postgresql_json", '{"timestamp":"2026-11-22T10:00:00+08:00","remote_addr":"10.1.2.3","status":200}\n'
    )
    assert row["error"] == "ingest.bad.postgresql_json"


@pytest.mark.parametrize(
    ("text", "user", "status"),
    [
        (
            "error: maximum authentication attempts exceeded for invalid user bob from 10.1.2.3 port 4567 ssh2 [preauth]",
            "bob",
            2,
        ),
        ("User root from 10.1.2.3 not allowed because not listed in AllowUsers", "root", 2),
        ("Unable to negotiate with 10.1.2.3 port 4567: no matching cipher found.", None, None),
        ("reverse mapping checking getaddrinfo for a.cn [10.1.2.3] failed - POSSIBLE BREAK-IN ATTEMPT!", None, None),
        ("Connection closed by illegal user bob 10.1.2.3 port 4567 [preauth]", "bob", None),
        ("Postponed publickey for bob from 10.1.2.3 port 4567 ssh2 [preauth]", "bob", None),
    ],
)
def test_who_came_from_where_is_read_whatever_sshd_says(text: str, user: str | None, status: int | None) -> None:
    (row,) = parsed("linux_auth", f"Nov 22 10:00:00 web sshd[12]: {text}\n")
    assert (row["src_endpoint.ip"], row["actor.user.name"], row["status_id"]) == ("10.1.2.3", user, status)


def test_an_older_pam_s_lines_are_of_their_program() -> None:
    text = "Nov 22 10:00:00 web sshd(pam_unix)[12]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.1.2.3  user=root\n"
    text += "Nov 22 10:00:01 web su(pam_unix)[13]: session opened for user alice by (uid=0)\n"
    assert getattr(guess_format(text.encode(), ParseOptions()), "name", None) == "linux_auth"
    first, second = parsed("linux_auth", text)
    assert (first["actor.user.name"], first["src_endpoint.ip"], first["status_id"]) == ("root", "10.1.2.3", 2)
    assert (second["actor.user.name"], second["activity_id"]) == ("alice", 1)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: "[2026-11-22T02:00:00,120][INFO ][audit                    ] [n7] " + text,
        lambda text: orjson.dumps(
            {"type": "server", "component": "audit", "node.name": "n7", "message": text}
        ).decode(),
    ],
)
def test_opensearch_s_audit_is_read_inside_the_server_s_own_log(wrap: Any) -> None:
    text = wrap(SAMPLES["opensearch_audit"].rstrip("\n")) + "\n"
    assert getattr(guess_format(text.encode(), ParseOptions()), "name", None) == "opensearch_audit"
    (alone,), (inside,) = parsed("opensearch_audit", SAMPLES["opensearch_audit"]), parsed("opensearch_audit", text)
    for name in ("error", "time", "actor.user.name", "src_endpoint.ip", "api.operation", "status_id"):
        assert inside[name] == alone[name]


def test_sql_server_s_audit_is_read_from_windows_log() -> None:
    told = "audit_schema_version:1\nevent_time:2026-11-22 02:00:00.1\naction_id:SL  \nsucceeded:true\nsession_id:55\nclient_ip:10.1.2.3\n"
    told += "server_principal_name:HQ\\alice\ndatabase_name:hr\nstatement:SELECT *\nfrom: staff\nadditional_information:\nhost_name:pc7"
    event = {
        "@timestamp": "2026-11-22T02:00:00Z",
        "winlog": {"event_id": "33205", "channel": "Security", "computer_name": "db7"},
    }
    event["winlog"] |= {"provider_name": "MSSQLSERVER$AUDIT", "event_data": {"param1": told}}  # type: ignore[operator]
    (row,) = parsed("windows_json", orjson.dumps(event).decode() + "\n")
    assert (row["actor.user.name"], row["src_endpoint.ip"], row["database.name"]) == ("HQ\\alice", "10.1.2.3", "hr")
    assert (row["query_info.query_string"], row["status_id"], row["api.operation"]) == (
        "SELECT *\nfrom: staff",
        1,
        "33205",
    )
