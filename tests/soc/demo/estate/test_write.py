"""The estate's values: the same each time, agreeing within a row, and true to what the truth says of them."""

import csv
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from stdnum.iso7064 import mod_11_2

from soc.demo.commands import generate
from soc.demo.estate.fill import frame_of, truth_of
from soc.demo.estate.pools import Pools
from soc.demo.estate.relation import Dirt, Form, Planned, Relation
from soc.demo.estate.write import write_relations

PERSON = (
    Planned("id", "主键", "id"),
    Planned("sfzh", "身份证号", "person.id", "person0"),
    Planned("csrq", "出生日期", "person.birth", "person0"),
    Planned("phone", "", "number.money"),
    Planned("tgsj", "通过时间", "time.moment"),
    Planned("bz", "备注", "text.remark"),
)


@pytest.fixture(scope="module")
def pools() -> Pools:
    return Pools(5)


def relation(name: str = "t_ry", rows: int = 400, form: Form = Form.TABLE, **more: object) -> Relation:
    return Relation("yz", name, "人员表", PERSON, rows, seed=9, form=form, **more)  # type: ignore[arg-type]


def test_the_same_plan_gives_the_same_values(pools: Pools) -> None:
    assert frame_of(relation(), pools).equals(frame_of(relation(), Pools(5)))
    assert not frame_of(relation(), pools).equals(frame_of(relation(), Pools(6)))


def test_the_attributes_of_a_person_agree_in_each_row(pools: Pools) -> None:
    frame = frame_of(relation(), pools).drop_nulls()
    for number, born in frame.select("sfzh", "csrq").iter_rows():
        if mod_11_2.is_valid(number):
            assert number[6:14] == f"{born:%Y%m%d}"
    right = sum(mod_11_2.is_valid(one) for one in frame["sfzh"])
    assert right > 0.9 * len(frame)


def test_a_neglected_table_lacks_and_spoils_many_values(pools: Pools) -> None:
    numbers = frame_of(relation(rows=2_000, dirt=Dirt.NEGLECTED), pools)["sfzh"]
    assert 0.1 < numbers.null_count() / len(numbers) < 0.2
    filled = numbers.drop_nulls().to_list()
    assert 0.15 < sum(not mod_11_2.is_valid(one) for one in filled) / len(filled) < 0.45


def test_a_masked_column_shows_no_whole_number(pools: Pools) -> None:
    hidden = Relation("yz", "t", "", (Planned("sfzh", "", "person.id", "p", masked=True),), 100, seed=2)
    assert frame_of(hidden, pools)["sfzh"].drop_nulls().str.contains(r"\*{4,}").all()


def test_the_truth_tells_what_values_are_and_not_what_names_say() -> None:
    assert truth_of(relation()) == {
        "id": None, "sfzh": "resident_id", "csrq": "birth_date", "phone": None, "tgsj": None, "bz": None,
    }  # fmt: skip


def test_of_an_empty_table_the_name_may_be_believed_or_not() -> None:
    assert truth_of(relation(rows=0))["sfzh"] == ["resident_id", None]


def test_sqlite_and_csv_hold_the_planned_rows(tmp_path: Path, pools: Pools) -> None:
    view = relation("v_t_ry", form=Form.VIEW, base="t_ry")
    assert write_relations(str(tmp_path / "p.db"), [relation(), view], pools, quiet) == 400
    assert write_relations(str(tmp_path / "csv"), [relation(), view], pools, quiet) == 400
    with sqlite3.connect(tmp_path / "p.db") as database:
        stored = database.execute('SELECT sfzh, bz FROM "yz_v_t_ry"').fetchall()
    with (tmp_path / "csv" / "yz_t_ry.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["sfzh"] or None, row["bz"] or None) for row in csv.DictReader(file)]
    assert [(number or None, remark or None) for number, remark in stored] == rows


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A PostgreSQL database of its own."""
    server = os.environ.get("SOC_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("needs a PostgreSQL server (SOC_TEST_POSTGRES_URL)")
    name = f"estate_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_gets_partitions_views_comments_and_every_value(empty_database: str, pools: Pools) -> None:
    tables = [
        relation("t_all", rows=3_000, form=Form.PARTITIONED),
        relation(),
        relation("v_ry", form=Form.VIEW, base="t_ry"),
    ]
    for _ in "ab":  # the second time replaces the first
        assert write_relations(empty_database, tables, pools, quiet) == 3_400
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        kinds = "SELECT relname, relkind::text FROM pg_class WHERE relname IN ('t_all', 't_ry', 'v_ry')"
        forms = {str(name): str(kind) for name, kind in connection.execute(text(kinds))}
        parts = connection.execute(text("SELECT count(DISTINCT tableoid) FROM yz.t_all")).scalar()
        told = connection.execute(text("SELECT col_description('yz.t_ry'::regclass, 2)")).scalar()
        rows = [(number, remark) for number, remark in connection.execute(text("SELECT sfzh, bz FROM yz.v_ry"))]
    engine.dispose()
    assert forms == {"t_all": "p", "t_ry": "r", "v_ry": "v"}
    assert parts == 7
    assert told == "身份证号"
    assert rows == frame_of(relation(), pools).select("sfzh", "bz").rows()


def test_generate_writes_a_smaller_estate_with_its_truth(tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    done = CliRunner().invoke(
        generate, [str(tmp_path / "p.db"), "--size", "items-1000", "--seed", "2", "--truth", str(truth), "--json"]
    )
    assert done.exit_code == 0, done.output
    known = json.loads(truth.read_text(encoding="utf-8"))
    assert sum(len(columns) for columns in known.values()) == 1_000
    with sqlite3.connect(tmp_path / "p.db") as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        assert names == set(known)


def quiet(name: str, rows: int) -> None:
    assert rows >= 0
