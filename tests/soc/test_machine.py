"""What a process takes of its machine."""

import os
import subprocess
import sys

import pytest

_ASKED = """
from soc.machine import take_little
take_little()
import polars, sys
held = [bytearray(2 << 20) for _ in range(64)]
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 >> 10
full = resident()
last = held[-1]
del held
print(polars.thread_pool_size(), full - resident())
"""


def _asked(**environ: str) -> list[int]:
    plain = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    said = subprocess.run(
        [sys.executable, "-c", _ASKED], env=plain | environ, capture_output=True, check=True, text=True
    )
    return [int(word) for word in said.stdout.split()]


def test_polars_works_in_one_thread_unless_the_surroundings_say_otherwise() -> None:
    assert _asked()[0] == 1
    assert _asked(POLARS_MAX_THREADS="3")[0] == 3


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_large_blocks_go_back_to_the_system_though_a_later_one_is_still_held() -> None:
    assert _asked()[1] > 100


def test_the_command_line_and_each_process_of_the_server_take_little() -> None:
    script = (
        "import os, soc.cli\n"
        "try: soc.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(os.environ['POLARS_MAX_THREADS'])"
    )
    plain = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    said = subprocess.run([sys.executable, "-c", script], env=plain, capture_output=True, check=True, text=True)
    assert said.stdout.split()[-1] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell it otherwise")
def test_a_small_process_of_a_large_one_is_small() -> None:
    """What getrusage tells of it is the parent's: workers were replaced after each table for it."""
    large = "held = bytearray(300 << 20); held[::4096] = b'1' * len(held[::4096])\n"
    small = "import resource; from soc.machine import peak_memory\nprint(peak_memory() >> 20)"
    script = f"{large}import subprocess, sys\nsubprocess.run([sys.executable, '-c', {small!r}], check=True)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(said.stdout) < 100


def test_what_a_process_held_at_most_counts_though_it_let_go_of_it() -> None:
    script = (
        "from soc.machine import peak_memory\n"
        "held = bytearray(200 << 20)\nheld[::4096] = b'1' * len(held[::4096])\ndel held\n"
        "print(peak_memory() >> 20)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(said.stdout) >= 200


def test_what_a_server_has_made_is_not_walked_again_and_its_end_is_quiet() -> None:
    script = (
        "import duckdb, gc, soc.machine\n"
        "duckdb.connect().execute('SELECT 1')\n"
        "made = [{} for _ in range(100)]\n"
        "soc.machine.settle()\n"
        "print(gc.get_freeze_count() > 1000, any(one is made for one in gc.get_objects()))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert (said.stdout, said.stderr) == ("True False\n", "")
