"""Reading PostgreSQL's csvlog and jsonlog: the same events as the server's plain log."""

from tests.audit.ingest.formats.reading import lines, parsed

TAIL = ',,,,,,,,,"psql","client backend",,0'
BEGIN = '2026-11-22 10:00:00.123 CST,"alice","db",123,"10.0.0.1:5432",65a.b,1,"SELECT",2026-11-22 09:00:00 CST,3/4,0,LOG,00000,'


def test_a_record_over_several_lines() -> None:
    text = (
        BEGIN + '"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,""select """"a""""\nfrom t, x"",<not logged>,7"' + TAIL
    )
    (row,) = parsed("postgresql_csv", text + "\n")
    assert (row["+pgaudit.statement"], row["guanlan.rows"]) == ('select "a"\nfrom t, x', 7)
    assert (row["src_endpoint.ip"], row["src_endpoint.port"], row["actor.app_name"]) == ("10.0.0.1", 5432, "psql")


def test_a_cut_record_takes_no_other_with_it() -> None:
    found = lines("postgresql_csv", f'{BEGIN}"cut\n{BEGIN}"whole"{TAIL}\n')
    assert [one.get("line") for one in found] == [0, None]
    assert found[1]["message"] == "whole"


def test_a_json_record() -> None:
    text = (
        '{"timestamp":"2026-11-22 10:00:00.123 CST","user":"svc","dbname":"dwh","remote_host":"10.1.2.3","remote_port":5,'
        '"error_severity":"LOG","message":"AUDIT: SESSION,1,1,READ,SELECT,TABLE,dwh.c,SELECT * FROM dwh.c,<none>"}\n{"a":1}\n'
    )
    found = lines("postgresql_json", text)
    assert found[0]["unmapped"]["pgaudit"]["object_name"] == "dwh.c"
    assert found[1]["line"] == 1
