"""A machine that cannot run the product is told so in one line."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts" / "make_venv.sh"


def interpreter(folder: Path, *, recent: bool, has_venv: bool) -> Path:
    """Write a program that answers the script's questions as such a Python would."""
    program = folder / "python3"
    program.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"*version_info*) exit {0 if recent else 1} ;;\n"
        f"*ensurepip*) exit {0 if has_venv else 1} ;;\n"
        "esac\n"
        'echo "Python 3.9.2"\n'
    )
    program.chmod(0o755)
    return program


def run(folder: Path, python: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(SCRIPT), str(folder / "venv")],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_too_old_python_gets_one_line_that_names_the_version_needed(tmp_path: Path) -> None:
    done = run(tmp_path, interpreter(tmp_path, recent=False, has_venv=True))

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "3.11 or later is needed; found Python 3.9.2" in done.stderr


def test_a_python_without_venv_gets_one_line_that_names_the_package(tmp_path: Path) -> None:
    done = run(tmp_path, interpreter(tmp_path, recent=True, has_venv=False))

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "python3-venv" in done.stderr


@pytest.mark.parametrize("recent", [True, False])
def test_nothing_is_made_where_the_script_refuses(tmp_path: Path, recent: bool) -> None:
    run(tmp_path, interpreter(tmp_path, recent=recent, has_venv=False))

    assert not (tmp_path / "venv").exists()
