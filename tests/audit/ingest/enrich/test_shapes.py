"""What a statement reads and gives out."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.ingest.enrich.shapes import shape_of


def shape(statement: str, dialect: str = "postgres") -> tuple[set[str], set[tuple[str, str]], bool]:
    found = shape_of(statement, statement, dialect)
    return set(found.tables), set(found.columns), found.is_export


@pytest.mark.parametrize(
    ("statement", "tables", "columns", "export"),
    [
        ("select name, phone from hr.person", {"hr.person"}, {("", "name"), ("", "phone")}, False),
        ("select p.* from person p join vehicle v on v.owner = p.id", {"person", "vehicle"}, {("person", "*")}, False),
        ("select count(phone) from person", {"person"}, set(), False),
        ("with x as (select id_card from person) select * from x", {"person"}, {("", "id_card"), ("", "*")}, False),
        ("select name from person where phone = '1'", {"person"}, {("", "name")}, False),
        ("COPY hr.person (name) TO STDOUT", {"hr.person"}, {("hr.person", "name")}, True),
        ("COPY (select phone from person) TO '/tmp/x'", {"person"}, {("", "phone")}, True),
        ("COPY person FROM STDIN", {"person"}, set(), False),
        ("DECLARE c CURSOR FOR SELECT vin FROM vehicle", {"vehicle"}, {("", "vin")}, False),
        ("update person set a = 1 returning phone", {"person"}, {("", "phone")}, False),
        ("insert into a select b from c", {"a", "c"}, {("", "b")}, False),
    ],
)
def test_postgresql_statements(statement: str, tables: set[str], columns: set[tuple[str, str]], export: bool) -> None:
    assert shape(statement) == (tables, columns, export)


def test_mysql_statements_are_read_by_their_own_dialect() -> None:
    tables, columns, export = shape("SELECT `name` FROM `hr`.`person` INTO OUTFILE '/tmp/x'", "mysql")
    assert (tables, export) == ({"hr.person"}, True)
    assert ("", "name") in columns or ("", "*") in columns


def test_a_cut_statement_still_names_its_tables() -> None:
    tables, columns, _ = shape("select name from hr.person where name = 'zhan")
    assert (tables, columns) == ({"hr.person"}, {("", "*")})


@example("0?")
@given(st.text(max_size=60))
def test_any_text_has_a_shape(text: str) -> None:
    shape_of(text, text, "postgres")
    shape_of(text, text, "mysql")
