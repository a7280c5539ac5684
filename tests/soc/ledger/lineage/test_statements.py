"""SQL to edges, in many dialects: what each column is made of; a statement that cannot be read costs only itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.ledger.lineage.edges import Column, Edge, Origin, Transform, distinct
from soc.ledger.lineage.selects import Catalogue
from soc.ledger.lineage.statements import DIALECTS, LONGEST, edges_of, pieces_of

KNOWN = Catalogue(
    {
        "public.people": ("id", "sfzh", "phone"),
        "people": ("id", "sfzh", "phone"),
        "cars": ("id", "owner_id", "plate"),
        "dw.t": ("a", "b", "c"),
        "t": ("a", "b", "c"),
    }
)
Told = set[tuple[str, str, str]]


def told(script: str, dialect: str = "postgres") -> Told:
    """Edges as (upstream, downstream, transform)."""
    read = edges_of(script, dialect, KNOWN)
    assert read.problems == []
    return {
        (f"{e.upstream.table}.{e.upstream.name}", f"{e.downstream.table}.{e.downstream.name}", e.transform.value)
        for e in read.edges
    }


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("INSERT INTO dw.t (a, c) SELECT sfzh, phone FROM people", {("people.sfzh", "dw.t.a", "identity"), ("people.phone", "dw.t.c", "identity")}),
        ("INSERT INTO t SELECT id, sfzh FROM public.people", {("public.people.id", "t.a", "identity"), ("public.people.sfzh", "t.b", "identity")}),
        ("CREATE TABLE x AS SELECT sfzh AS k FROM people", {("people.sfzh", "x.k", "identity")}),
        ("CREATE VIEW v (n) AS SELECT phone FROM people", {("people.phone", "v.n", "identity")}),
        ("CREATE MATERIALIZED VIEW v AS SELECT phone FROM people", {("people.phone", "v.phone", "identity")}),
        ("SELECT sfzh INTO z FROM people", {("people.sfzh", "z.sfzh", "identity")}),
        ("UPDATE t SET a = p.sfzh FROM people p WHERE p.id = t.a", {("people.sfzh", "t.a", "identity")}),
        ("COPY (SELECT sfzh FROM people) TO '/tmp/out.csv'", {("people.sfzh", "file:out.csv.sfzh", "identity")}),
        ("COPY t (a) FROM '/data/in.csv'", {("file:in.csv.a", "t.a", "identity")}),
        ("COPY cars (plate) TO '/tmp/c.csv'", {("cars.plate", "file:c.csv.plate", "identity")}),
    ],
)  # fmt: skip
def test_each_kind_of_statement_gives_its_edges(script: str, expected: Told) -> None:
    assert told(script) == expected


def test_a_star_is_the_columns_of_a_known_table() -> None:
    assert told("CREATE TABLE x AS SELECT * FROM cars") == {
        ("cars.id", "x.id", "identity"),
        ("cars.owner_id", "x.owner_id", "identity"),
        ("cars.plate", "x.plate", "identity"),
    }


def test_a_star_of_an_unknown_table_stays_a_star() -> None:
    assert {(u, d) for u, d, _ in told("CREATE TABLE x AS SELECT * FROM nobody")} == {("nobody.*", "x.*")}


def test_values_are_followed_through_with_subqueries_and_unions() -> None:
    script = """
        INSERT INTO t (a, b)
        WITH p AS (SELECT sfzh AS k, phone FROM people), q AS (SELECT k AS kk, phone FROM p)
        SELECT q.kk, s.plate FROM q JOIN (SELECT owner_id, plate FROM cars) s ON s.owner_id = q.kk
        UNION ALL SELECT phone, 'none' FROM people
    """
    assert told(script) == {
        ("people.sfzh", "t.a", "identity"),
        ("people.phone", "t.a", "identity"),
        ("cars.plate", "t.b", "identity"),
    }


@pytest.mark.parametrize(
    ("expression", "transform"),
    [
        ("sfzh", "identity"),
        ("CAST(sfzh AS varchar)", "identity"),
        ("left(sfzh, 6)", "derived"),
        ("coalesce(sfzh, phone)", "derived"),
        ("max(sfzh)", "derived"),
        ("md5(sfzh)", "hashed"),
        ("count(sfzh)", "aggregate"),
        ("sum(length(sfzh))", "aggregate"),
    ],
)
def test_what_becomes_of_a_value_is_told(expression: str, transform: str) -> None:
    found = told(f"CREATE TABLE x AS SELECT {expression} AS k FROM people")
    assert ("people.sfzh", "x.k", transform) in found


def test_the_worst_step_of_a_way_counts() -> None:
    script = "CREATE TABLE x AS SELECT k FROM (SELECT md5(sfzh) AS k FROM people) AS h"
    assert told(script) == {("people.sfzh", "x.k", "hashed")}


def test_only_values_that_can_still_be_read_carry_on() -> None:
    assert [one for one in Transform if one.carries] == [Transform.IDENTITY, Transform.DERIVED]


def test_merge_updates_and_inserts() -> None:
    script = """MERGE INTO t USING (SELECT id, sfzh AS s FROM people) s ON t.a = s.id
        WHEN MATCHED THEN UPDATE SET b = s.s WHEN NOT MATCHED THEN INSERT (a, c) VALUES (s.id, upper(s.s))"""
    assert told(script) == {
        ("people.sfzh", "t.b", "identity"),
        ("people.id", "t.a", "identity"),
        ("people.sfzh", "t.c", "derived"),
    }


@pytest.mark.parametrize(
    ("dialect", "script", "edge"),
    [
        ("mysql", "INSERT INTO a (x) SELECT `身份证号` FROM `人员表`", ("人员表.身份证号", "a.x", "identity")),
        ("hive", "INSERT OVERWRITE TABLE dw.a PARTITION (dt='${day}') SELECT id FROM ods.b LATERAL VIEW explode(c) x", ("ods.b.id", "dw.a.id", "identity")),
        ("tsql", "SELECT a.x INTO #t FROM b a", ("b.x", "t.x", "identity")),
        ("oracle", "MERGE INTO a USING b ON (a.id = b.id) WHEN MATCHED THEN UPDATE SET a.x = b.y", ("b.y", "a.x", "identity")),
        ("sqlite", "CREATE TABLE x AS SELECT k FROM y", ("y.k", "x.k", "identity")),
        ("spark", "CREATE TABLE x USING parquet AS SELECT k FROM y", ("y.k", "x.k", "identity")),
    ],
)  # fmt: skip
def test_dialects_are_read(dialect: str, script: str, edge: tuple[str, str, str]) -> None:
    assert edge in told(script, dialect)


def test_a_column_whose_table_is_not_said_is_a_guess() -> None:
    sure = edges_of("CREATE TABLE x AS SELECT plate FROM people, cars", "postgres", KNOWN).edges
    guess = edges_of("CREATE TABLE x AS SELECT plate FROM b, c", "postgres", KNOWN).edges
    assert [(one.upstream.table, one.guessed) for one in sure] == [("cars", False)]
    assert [(one.upstream.table, one.guessed) for one in guess] == [("c", True)]
    assert guess[0].confidence(Origin.ETL_FILE) < sure[0].confidence(Origin.ETL_FILE)


def test_a_target_without_a_column_list_and_unknown_is_a_guess() -> None:
    (edge,) = edges_of("INSERT INTO nowhere SELECT sfzh FROM people", "postgres", KNOWN).edges
    assert (edge.downstream, edge.guessed) == (Column("nowhere", "sfzh"), True)


@pytest.mark.parametrize(
    "script",
    ["SELECT sfzh FROM people", "DELETE FROM people", "INSERT INTO t VALUES (1)", "SET x = 1", "", "-- only words"],
)
def test_what_moves_nothing_has_no_edges(script: str) -> None:  # fmt: skip
    assert told(script) == set()


def test_a_bad_statement_is_named_by_its_line_and_the_others_are_read() -> None:
    script = "INSERT INTO t (a) SELECT sfzh FROM people;\n\nSELECT FROM FROM;\nCREATE TABLE x AS SELECT plate FROM cars"
    read = edges_of(script, "postgres", KNOWN, "etl.sql")
    assert [(one.line, one.key) for one in read.problems] == [(3, "errors.lineage.unreadable")]
    assert [one.detail for one in read.edges] == ["etl.sql:1", "etl.sql:4"]


def test_a_text_that_is_never_closed_spoils_the_script_and_says_so() -> None:
    read = edges_of("CREATE TABLE x AS SELECT 'abc", "postgres")
    assert [one.key for one in read.problems] == ["errors.lineage.unclosed"]


def test_a_statement_that_is_generated_data_is_not_read() -> None:
    read = edges_of("INSERT INTO t SELECT '" + "x" * LONGEST + "'", "postgres")
    assert len(read.problems) == 1


def test_a_deeply_nested_statement_is_a_problem_and_no_crash() -> None:
    read = edges_of("CREATE TABLE x AS SELECT " + "(" * 4000 + "1" + ")" * 4000, "postgres")
    assert len(read.problems) == 1


def test_each_edge_stands_once_by_its_most_direct_way() -> None:
    one = Edge(Column("a", "x"), Column("b", "y"), Transform.DERIVED)
    other = Edge(Column("a", "x"), Column("b", "y"), Transform.IDENTITY)
    itself = Edge(Column("a", "x"), Column("a", "x"), Transform.IDENTITY)
    assert distinct([one, other, itself]) == [other]


@given(
    st.lists(
        st.sampled_from(["SELECT 1", "DELETE FROM a WHERE b = 'x;y'", "-- a;b\nSELECT 2", "/* ; */ SELECT 3"]),
        max_size=6,
    )
)
def test_a_script_is_cut_where_its_statements_end(statements: list[str]) -> None:  # fmt: skip
    pieces = pieces_of(";\n".join(statements) + ";", "postgres")
    assert pieces is not None
    assert len(pieces) == len(statements)


@given(st.text(max_size=200), st.sampled_from(DIALECTS))
def test_no_text_breaks_the_reader(text: str, dialect: str) -> None:
    read = edges_of(text, dialect, KNOWN)
    assert all(problem.line >= 1 for problem in read.problems)
