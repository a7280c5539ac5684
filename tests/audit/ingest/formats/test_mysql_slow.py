"""Reading slow query logs."""

from datetime import UTC, datetime

from tests.audit.ingest.formats.reading import lines, parsed

OLD = """/usr/sbin/mysqld, Version: 5.0.38. started with:
Tcp port: 3306  Unix socket: /x.sock
Time                 Id Command    Argument
# Time: 071015  1:43:52
# User@Host: root[root] @ localhost []
# Query_time: 2  Lock_time: 0  Rows_sent: 1  Rows_examined: 0
use test;
select sleep(2) from n;
# User@Host: app[app] @ web.local [10.0.0.7]
# Query_time: 3.5  Lock_time: 0  Rows_sent: 40  Rows_examined: 90
SET timestamp=1795312800;
select *
  from t -- all

where a = 1;
"""


def test_records_banner_schema_and_times() -> None:
    first, second = parsed("mysql_slow", OLD)
    assert (first["query_info.query_string"], first["database.name"]) == ("select sleep(2) from n", "test")
    assert first["time"] == datetime(2007, 10, 14, 17, 43, 52, tzinfo=UTC)
    assert (first["actor.user.name"], first["src_endpoint.hostname"]) == ("root", "localhost")
    assert second["time"] == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert (second["src_endpoint.ip"], second["guanlan.rows"], second["database.name"]) == ("10.0.0.7", 40, None)
    assert str(second["query_info.query_string"]).startswith("select *\n  from t")


def test_ecs_names_of_the_slow_log() -> None:
    found = lines("mysql_slow", OLD, "ecs")[0]
    assert (found["user.name"], found["mysql.slowlog.query"]) == ("root", "select sleep(2) from n")
    assert (found["mysql.slowlog.schema"], found["event.duration"]) == ("test", 2_000_000_000)


def test_a_thread_without_a_user_is_named_by_its_bracket() -> None:
    text = "# Time: 071218 11:48:27 # User@Host: [SQL_SLAVE] @  []\n# Query_time: 0.1  Lock_time: 0\nBEGIN;\n"
    (row,) = parsed("mysql_slow", text)
    assert (row["actor.user.name"], row["query_info.query_string"], row["error"]) == ("[SQL_SLAVE]", "BEGIN", None)


def test_an_administrator_command_is_a_statement_of_its_own() -> None:
    text = "# User@Host: m[m] @  [1.2.3.8]\n# Query_time: 0.1  Lock_time: 0\n# administrator command: Quit;\n"
    (row,) = parsed("mysql_slow", text)
    assert (row["query_info.query_string"], row["api.operation"]) == ("Quit", "QUIT")


def test_lines_before_any_record_are_errors_each() -> None:
    found = lines("mysql_slow", "what\nis this\n" + OLD)
    assert [one.get("line") for one in found] == [0, 1, None, None]


def test_a_longer_head_gives_its_flags_and_an_explanation_is_no_statement() -> None:
    text = (
        "/usr/sbin/mysqld, Version: 10.3 (x). started with:\nTcp port: 3306  Unix socket: x\nTime\t\t    Id Command\tArgument\n"
        "# Time: 261122 10:00:00\n# User@Host: app[app] @ localhost []\n# Query_time: 1.5  Lock_time: 0  Rows_sent: 1  Rows_examined: 2\n"
        "# Tmp_tables: 1  Tmp_disk_tables: 2  Killed: 0\n# Full_scan: Yes  Full_join: No  Tmp_table: Yes\n#\n# explain: id\ttype\n"
        "SET timestamp=1795312800;\nselect 1;\n"
    )
    (found,) = lines("mysql_slow", text, "ecs")
    flags = found["mysql.slowlog.full_scan"], found["mysql.slowlog.full_join"], found["mysql.slowlog.tmp_table"]
    assert (flags, found["mysql.slowlog.tmp_disk_tables"]) == ((True, False, True), 2)
    assert (found["mysql.slowlog.query"], found["mysql.slowlog.current_user"]) == ("select 1", "app")
