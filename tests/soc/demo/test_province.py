"""The generated province: right check digits, joins that hold, dirt where dirt belongs."""

import csv
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from soc.demo.checkdigits import container_digit, luhn_digit, uscc_mark, vin_mark
from soc.demo.dirt import masked, mistyped
from soc.demo.province import province
from soc.demo.table import Table
from soc.demo.world import World
from soc.demo.write import DestinationError, write
from soc.errors import UnavailableError


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return {table.name: table for table in province(World.of(7, "small"))}


def values(tables: dict[str, Table], table: str, column: str) -> list[object]:
    return list(next(one.values for one in tables[table].columns if one.name == column))


def test_published_numbers_get_their_published_check_digit() -> None:
    assert vin_mark("1M8GDM9A0KP042788") == "X"
    assert uscc_mark("91350100M000100Y4") == "3"
    assert container_digit("CSQU305438") == "3"
    assert luhn_digit("7992739871") == "3"


@given(st.integers(0, 10**6))
def test_every_person_of_any_seed_has_a_right_resident_id(seed: int) -> None:
    from soc.demo.people import make_persons
    from soc.demo.table import rng_for

    people = make_persons(rng_for(seed, "x"), World.of(1, "small").places, 3)
    for number, born in zip(people.resident_ids, people.births, strict=True):
        assert mod_11_2.is_valid(number)
        assert number[6:14] == f"{born:%Y%m%d}"
    assert all(luhn.is_valid(card) for card in people.cards)


def test_companies_have_right_credit_codes() -> None:
    assert all(uscc.is_valid(code) for code in World.of(3, "small").enterprises.usccs)


def test_the_same_seed_gives_the_same_province_and_another_seed_another() -> None:
    first, again, other = (list(province(World.of(seed, "small"))) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_persons_join_across_tables_by_id_and_by_number(tables: dict[str, Table]) -> None:
    ids = set(values(tables, "practitioner_archive", "id"))
    assert set(values(tables, "practitioner_credit", "person_id")) <= ids
    plates = set(World.of(7, "small").vehicles.plates)
    assert set(values(tables, "toll_gantry", "vehicle_plate")) <= plates


def test_a_neglected_column_has_about_a_third_wrong_check_digits(tables: dict[str, Table]) -> None:
    numbers = [one for one in values(tables, "practitioner_credit", "idcard") if one and str(one).strip()]
    wrong = sum(not _valid(str(number)) for number in numbers) / len(numbers)
    assert 0.25 < wrong < 0.5


def _valid(number: str) -> bool:
    return mod_11_2.is_valid(number.replace(" ", "").replace("-", ""))


def test_names_mislead_as_they_do_in_life(tables: dict[str, Table]) -> None:
    assert all(str(one).isdecimal() for one in values(tables, "practitioner_credit", "phone"))
    assert next(c.type for c in tables["permit_approval"].columns if c.name == "code") == "resident_id"
    assert set(values(tables, "practitioner_archive", "bz2")) == {None}
    assert tables["crew_record_new"].rows == 0


@given(st.text("0123456789X", min_size=1, max_size=20), st.floats(0, 0.999))
def test_a_typing_error_changes_exactly_one_digit(number: str, place: float) -> None:
    spoilt = mistyped(number, place)
    assert sum(a != b for a, b in zip(number, spoilt, strict=True)) == (1 if any(c.isdecimal() for c in number) else 0)


@given(st.text("0123456789", min_size=6, max_size=20))
def test_a_masked_number_keeps_its_length_and_hides_its_middle(number: str) -> None:
    assert len(masked(number)) == len(number)
    assert "*" in masked(number)


def test_sqlite_and_csv_hold_the_same_rows(tmp_path: Path, tables: dict[str, Table]) -> None:
    world = World.of(7, "small")
    assert write(str(tmp_path / "p.db"), province(world), _quiet) == write(
        str(tmp_path / "csv"), province(world), _quiet
    )
    with sqlite3.connect(tmp_path / "p.db") as database:
        stored = database.execute('SELECT xm, sfzh, csrq FROM "practitioner_archive" ORDER BY id').fetchall()
    with (tmp_path / "csv" / "practitioner_archive.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["xm"] or None, row["sfzh"] or None, row["csrq"]) for row in csv.DictReader(file)]
    assert [(xm or None, sfzh or None, born) for xm, sfzh, born in stored] == rows


def test_writing_twice_replaces_what_was_there(tmp_path: Path) -> None:
    target = str(tmp_path / "p.db")
    write(target, province(World.of(1, "small")), _quiet)
    write(target, province(World.of(2, "small")), _quiet)
    with sqlite3.connect(target) as database:
        (count,) = database.execute('SELECT count(*) FROM "practitioner_archive"').fetchone()
    assert count == 1_500


@pytest.mark.parametrize("target", ["mysql://u:secret@h/d", "notes.txt", "://"])
def test_a_destination_of_another_kind_is_refused_without_its_password(target: str, tmp_path: Path) -> None:
    with pytest.raises(DestinationError) as caught:
        write(target if "://" in target else str(tmp_path / target), [], _quiet)
    assert "secret" not in str(caught.value.params)


def test_a_database_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(UnavailableError):
        write("postgresql://nobody@127.0.0.1:1/none", province(World.of(1, "small")), _quiet)


def _quiet(name: str, rows: int) -> None:
    assert rows >= 0
