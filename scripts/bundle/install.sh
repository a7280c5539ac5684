#!/usr/bin/env bash
# Install Guanlan from this folder, without any network: ./install.sh [FOLDER, /opt/guanlan by default]
# Needs Python (the version in this folder's name) with its venv module; nothing is written outside FOLDER.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-/opt/guanlan}
wanted=$(basename "$here" | sed -n 's/.*-py3\([0-9][0-9]*\)$/3.\1/p')

fail() {
    echo "install: $*" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-"python$wanted" python3 python}; do
        "$candidate" -c "import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" \
            2>/dev/null && command -v "$candidate" && return
    done
    return 1
}

[ -n "$wanted" ] || fail "this folder's name no longer says which Python it was made for; unpack the archive again"
python=$(find_python) || fail "Python $wanted with its venv module is needed (PYTHON=/path/to/python$wanted names one)"
command -v sha256sum >/dev/null || fail "the program sha256sum (coreutils) is missing"
(cd "$here" && sha256sum --quiet --check SHA256SUMS) || fail "a file is not what it was when this bundle was made: fetch it again"
# exactly the files that the sums name: one more wheel could take another's place
extra=$(cd "$here" && find wheels -type f | sort | comm -23 - <(cut -c67- SHA256SUMS | sort))
[ -z "$extra" ] || fail "files that do not belong here: $extra"

mkdir -p "$target" || fail "cannot write $target"
"$python" -m venv --clear "$target/venv" || fail "cannot make $target/venv: is the disk full?"
offline=(--no-index --find-links "$here/wheels")
"$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "${offline[@]}" uv ||
    fail "uv could not be installed from this folder"
# the archive's own sums stand for the hashes: they were checked above
VIRTUAL_ENV=$target/venv "$target/venv/bin/uv" pip install --quiet --offline --no-deps --compile-bytecode \
    "${offline[@]}" "$here"/wheels/*.whl || fail "the packages could not be installed from this folder"
# the folder may have been made under another umask; service users have to read it
chmod -R go+rX "$target/venv"
[ ! -f "$here/MISSING.txt" ] || { echo "Not in this bundle (see OFFLINE.md):"; cat "$here/MISSING.txt"; }
echo "Installed. Start it with: SOC_HOME=/var/lib/guanlan $target/venv/bin/soc up"
