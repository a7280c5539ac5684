"""The measurement itself: it counts what it says it counts. What it measures is in BENCHMARKS.md, and asserted nowhere."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from detectors.discovery.scanning.bench import SEED, _linear, _right, items_for, lengthened
from detectors.discovery.scanning.crew import alone
from detectors.discovery.scanning.measuring import TreeMemory, command, tree_of
from detectors.discovery.scanning.messages import Task
from detectors.discovery.scanning.opening import Opened, Unit
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import default_body, policy_of
from soc.demo.estate.plan import Plan
from soc.demo.estate.relation import Form
from soc.demo.estate.whole import Truths
from soc.errors import BrokenError
from tests.detectors.discovery.scanning.making import make_source


def test_a_column_is_right_when_it_has_one_of_the_types_it_really_has() -> None:
    types = {"a": "mobile", "b": None, "c": "vin", "d": "plate", "e": None}
    document = {"tables": [{"name": "t", "columns": [{"name": name, "type": kind} for name, kind in types.items()]}]}
    truth: Truths = {"t": {"a": ["mobile", "landline"], "b": "resident_id", "c": None, "d": ["plate", None], "e": None}}
    assert _right(document, truth) == {"items": 5, "top1": 0.6, "missed": 0.5, "accused": 0.5}


def test_linear_cost_has_a_spread_of_one() -> None:
    told = {name: {"cpu": 2.0 * items, "server_cpu": items, "items": items} for name, items in (("a", 10), ("b", 90))}
    assert _linear(told) == {"a": 3000.0, "b": 3000.0, "spread": 1.0}


def test_the_plan_gives_so_many_cells_and_hardly_more() -> None:
    assert 1_000 < items_for(2_000_000) < items_for(20_000_000) < 35_672


def test_a_scan_is_run_as_people_run_it_and_its_memory_is_that_of_the_whole_tree(tmp_path: Path) -> None:
    source = make_source(tmp_path / "s.db", 3)
    cost, out = command(["scan", str(source), "--json", "--dry-run"], tmp_path / "home")
    assert b'"tables"' in out
    assert cost.cpu > 0
    assert cost.memory > 20 << 20


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(BrokenError):
        command(["scan", str(tmp_path / "nowhere.csv")], tmp_path / "home")


def test_children_belong_to_the_tree() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        until = time.monotonic() + 30
        while len(tree_of(process.pid)) < 2 and time.monotonic() < until:
            pass
        assert len(tree_of(process.pid)) == 2
        process.communicate(b"\n")
    assert TreeMemory(process.pid).highest == 0


def test_bare_reading_reads_the_cells_that_a_full_scan_reads(tmp_path: Path) -> None:
    address = f"sqlite:///{make_source(tmp_path / 's.db', 2)}"
    task = Task(address, Sampling(full=True), policy_of(default_body()), "zh")
    with Opened(address) as opened:
        units = [one for one in opened.units() if isinstance(one, Unit)]
        bare = sum(opened.pass_over(unit, task.sampling)[1] for unit in units)
    assert bare == sum(one.cells for one in alone(task, units) if one is not None) == 2 * 40 * 4


def test_lengthened_tables_hold_the_cells_asked_for_in_few_tables() -> None:
    long = lengthened(Plan(SEED).first(2_000), 12, 3_000_000)
    assert len(long) == 12
    assert sum(one.rows * len(one.columns) for one in long) == pytest.approx(3_000_000, rel=0.01)
    assert all(one.form is Form.TABLE for one in long)
