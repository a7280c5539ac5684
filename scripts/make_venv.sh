#!/usr/bin/env bash
# Make the virtual environment $1 with uv inside it. Names what is missing in one line.
set -euo pipefail
venv=$1
floor='3.11'

fail() {
    echo "make: $*" >&2
    exit 1
}

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if command -v "$candidate" >/dev/null && is_recent "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

python=$(find_python) || fail "Python $floor or later is needed; found $("${PYTHON:-python3}" --version 2>&1 || true)." \
    "Install one, or name it: make run PYTHON=/path/to/python3.11"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python has no venv module; on Debian and Ubuntu install it with: apt-get install python3-venv"

if ! [ -x "$venv/bin/python" ] || ! is_recent "$venv/bin/python"; then
    echo "Making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" || fail "cannot make $venv: is the disk full, or the folder not writable?"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r requirements/bootstrap.txt || fail "cannot install uv: is a package index reachable (pip config, PIP_INDEX_URL)?"
touch "$venv/bin/uv"
