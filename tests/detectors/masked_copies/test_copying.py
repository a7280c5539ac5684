"""A masked copy: the joins of the source still work, and nothing that identifies came over."""

import csv
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from detectors.masked_copies.copying import Copied, CopyOrder, make_copy
from policies.protection.policy import default_body, policy_of
from soc.crypto import KeyRing
from soc.errors import ConflictError

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PEOPLE = 60
SCHEMA = """
CREATE TABLE driver (id INTEGER PRIMARY KEY, sfzh VARCHAR(18) UNIQUE NOT NULL, xm VARCHAR(20), phone VARCHAR(11), remark TEXT);
CREATE TABLE trip (trip_id INTEGER PRIMARY KEY, driver_sfzh VARCHAR(18) REFERENCES driver(sfzh), fare DECIMAL(8,2), passenger_phone VARCHAR(11));
CREATE TABLE complaint (no INTEGER PRIMARY KEY, phone VARCHAR(11), at VARCHAR(20));
"""
JOINS = (
    "SELECT count(*) FROM driver d JOIN trip t ON t.driver_sfzh = d.sfzh",
    "SELECT count(*) FROM driver d JOIN complaint c ON c.phone = d.phone",
    "SELECT count(*) FROM trip t JOIN driver d ON t.passenger_phone = d.phone",
)


def resident_id(number: int) -> str:
    body = f"440103{1960 + number % 40}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def phone(number: int) -> str:
    return f"138{10_000_000 + number * 7919:08d}"


def rows() -> dict[str, list[tuple[object, ...]]]:
    names = ["张伟", "王芳", "李娜", "刘洋", "陈杰", "杨敏", "黄磊", "赵静", "周涛", "吴霞"]
    drivers = [
        (n, resident_id(n), names[n % 10], phone(n), f"电话{phone(n + 500)}，车牌粤B{n:05d}" if n % 3 == 0 else "正常")
        for n in range(PEOPLE)
    ]
    trips = [(n, resident_id(n * 7 % PEOPLE), 12.5 + n, phone(n * 3 % 90)) for n in range(300)]
    complaints = [(n, phone(n * 2), "2026-11-01 08:00:00") for n in range(50)]
    found: dict[str, list[tuple[object, ...]]] = {"driver": [*drivers], "trip": [*trips], "complaint": [*complaints]}
    return found


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        for table, content in rows().items():
            marks = ",".join("?" * len(content[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", content)
        connection.commit()
    return path


def copied(source: str, dest: str, ring: KeyRing, purpose: str = "analysis") -> Copied:
    return make_copy(CopyOrder(source, dest, policy_of(default_body()), purpose), ring)


def answers(path: Path, statements: tuple[str, ...] = JOINS) -> list[object]:
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(statement).fetchone()[0] for statement in statements]


def identifying() -> list[str]:
    numbers = range(PEOPLE + 500)
    return [resident_id(n) for n in range(PEOPLE)] + [phone(n) for n in numbers]


def test_every_join_gives_what_it_gave(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(source), str(tmp_path / "masked.db"), ring)
    assert answers(tmp_path / "masked.db") == answers(source)
    assert 0 not in answers(source)


def test_nothing_that_identifies_is_in_the_copys_file(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(source), str(tmp_path / "masked.db"), ring)
    data = (tmp_path / "masked.db").read_bytes()
    assert [value for value in identifying() if value.encode() in data] == []
    assert "粤B00003".encode() not in data


def test_what_is_not_sensitive_comes_over_as_it_was(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(source), str(tmp_path / "masked.db"), ring)
    sums = ("SELECT sum(fare) FROM trip", "SELECT count(DISTINCT trip_id) FROM trip", "SELECT min(at) FROM complaint")
    assert answers(tmp_path / "masked.db", sums) == answers(source, sums)


def test_copies_made_on_two_days_join(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    for name in ("one.db", "two.db"):
        copied(str(source), str(tmp_path / name), ring)
    statement = ("SELECT group_concat(sfzh) FROM (SELECT sfzh FROM driver ORDER BY id)",)
    assert answers(tmp_path / "one.db", statement) == answers(tmp_path / "two.db", statement)


def test_copies_for_two_purposes_do_not_join(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(source), str(tmp_path / "one.db"), ring)
    copied(str(source), str(tmp_path / "two.db"), ring, "sharing")
    statement = ("SELECT sfzh FROM driver ORDER BY id",)
    assert answers(tmp_path / "one.db", statement) != answers(tmp_path / "two.db", statement)


def test_dirty_values_come_over(tmp_path: Path, ring: KeyRing) -> None:
    source = tmp_path / "dirty.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute(
            'CREATE TABLE "odd ""name; DROP TABLE x" (id INTEGER, day DATETIME, amount DECIMAL, "列 %s" BLOB)'
        )
        connection.execute("""INSERT INTO "odd ""name; DROP TABLE x" VALUES (NULL, 'not a day', 'n/a', x'00ff')""")
        connection.commit()
    copied(str(source), str(tmp_path / "masked.db"), ring)
    with closing(sqlite3.connect(tmp_path / "masked.db")) as connection:
        found = connection.execute('SELECT * FROM "odd ""name; DROP TABLE x"').fetchall()
    assert found == [(None, "not a day", "n/a", b"\x00\xff")]


def test_a_destination_that_exists_is_left_alone(source: Path, tmp_path: Path, ring: KeyRing) -> None:
    (tmp_path / "masked.db").write_bytes(b"mine")
    with pytest.raises(ConflictError):
        copied(str(source), str(tmp_path / "masked.db"), ring)
    assert (tmp_path / "masked.db").read_bytes() == b"mine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same tables as CSV files, one of them in GB18030."""
    made = tmp_path / "files"
    made.mkdir()
    headers = {
        "driver": ["id", "身份证号", "姓名", "手机号", "备注"],
        "trip": ["trip_id", "驾驶员身份证号", "fare", "乘客手机号"],
        "complaint": ["no", "手机号", "at"],
    }
    for table, content in rows().items():
        encoding = "gb18030" if table == "driver" else "utf-8"
        with (made / f"{table}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([headers[table], *content, *_formula(table)])
    return made


def _formula(table: str) -> list[tuple[object, ...]]:
    return [(999, "x" * 5000, "2026-11-01")] if table == "complaint" else []


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_folder_of_csv_files_keeps_its_joins(folder: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(folder), str(tmp_path / "masked"), ring)
    drivers, trips = read(tmp_path / "masked/driver.csv")[1:], read(tmp_path / "masked/trip.csv")[1:]
    known = {row[1] for row in drivers}
    assert len(known) == PEOPLE
    assert all(row[1] in known for row in trips)
    assert not known & {resident_id(n) for n in range(PEOPLE)}


def test_one_csv_file_becomes_one_csv_file(folder: Path, tmp_path: Path, ring: KeyRing) -> None:
    copied(str(folder / "driver.csv"), str(tmp_path / "masked.csv"), ring)
    text = (tmp_path / "masked.csv").read_text(encoding="utf-8-sig")
    assert [value for value in identifying() if value in text] == []
    assert text.splitlines()[0] == "id,身份证号,姓名,手机号,备注"


def test_long_values_are_not_cut(tmp_path: Path, ring: KeyRing) -> None:
    (tmp_path / "long.csv").write_text("id,说明\n1," + "长" * 9000 + "\n", encoding="utf-8")
    copied(str(tmp_path / "long.csv"), str(tmp_path / "masked.csv"), ring)
    assert read(tmp_path / "masked.csv")[1][1] == "长" * 9000


def test_a_formula_in_a_cell_becomes_text(tmp_path: Path, ring: KeyRing) -> None:
    (tmp_path / "evil.csv").write_text('id,说明\n1,=HYPERLINK("http://x")\n2,-5\n', encoding="utf-8")
    copied(str(tmp_path / "evil.csv"), str(tmp_path / "masked.csv"), ring)
    assert [row[1] for row in read(tmp_path / "masked.csv")[1:]] == ['\'=HYPERLINK("http://x")', "-5"]


@pytest.fixture
def postgres() -> Iterator[tuple[str, str]]:
    """The URLs of a source with the tables, in two schemas, and of an empty database."""
    server = os.environ.get("SOC_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    names = [f"copy_{uuid4().hex[:10]}" for _ in range(2)]
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    urls = [make_url(server).set(database=name).render_as_string(hide_password=False) for name in names]
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(urls[0])
    with engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA)
        connection.exec_driver_sql(
            "CREATE SCHEMA yz; CREATE TABLE yz.track (id bigint, doc jsonb, tags text[], 手机号 varchar(11), at timestamptz)"
        )
        for table, content in rows().items():
            marks = ",".join(["%s"] * len(content[0]))
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", content)
        track = [(n, '{"a": 1}', ["x"], phone(n), "2026-11-01T00:00:00Z") for n in range(40)]
        connection.exec_driver_sql("INSERT INTO yz.track VALUES (%s, %s, %s, %s, %s)", track)
    engine.dispose()
    yield urls[0], urls[1]
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.mark.postgres
def test_a_postgresql_copy_keeps_its_joins(postgres: tuple[str, str], ring: KeyRing) -> None:
    copied(postgres[0], postgres[1], ring)
    found = []
    for url in postgres:
        engine = create_engine(url)
        with engine.connect() as connection:
            joins = [*JOINS, "SELECT count(*) FROM yz.track t JOIN driver d ON t.手机号 = d.phone"]
            found.append([connection.exec_driver_sql(join).scalar_one() for join in joins])
        engine.dispose()
    assert found[0] == found[1]
    assert 0 not in found[0]


@pytest.mark.postgres
def test_a_file_with_dirty_values_is_copied_into_postgresql(
    postgres: tuple[str, str], ring: KeyRing, source: Path
) -> None:
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE dirty (day DATETIME, amount DECIMAL, raw BLOB, half)")
        connection.execute("INSERT INTO dirty VALUES ('not a day', 'n/a', x'00ff', 1), (NULL, 1.5, NULL, 2.5)")
        connection.commit()
    copied(str(source), postgres[1], ring)
    engine = create_engine(postgres[1])
    with engine.connect() as connection:
        assert [connection.exec_driver_sql(join).scalar_one() for join in JOINS] == answers(source)
        found = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM dirty")]
    engine.dispose()
    assert found == [("not a day", "n/a", b"\x00\xff", 1.0), (None, "1.5", None, 2.5)]


@pytest.mark.postgres
def test_postgresql_is_copied_into_a_file_as_well(postgres: tuple[str, str], ring: KeyRing, tmp_path: Path) -> None:
    made = copied(postgres[0], str(tmp_path / "masked.db"), ring)
    assert {table.name: table.rows for table in made.tables} == {
        "public.complaint": 50,
        "public.driver": 60,
        "public.trip": 300,
        "yz.track": 40,
    }
    data = (tmp_path / "masked.db").read_bytes()
    assert [value for value in identifying() if value.encode() in data] == []
