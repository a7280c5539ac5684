#!/usr/bin/env bash
# Proof that the offline installer needs no network: unpack it in an empty network namespace, install it there with an
# empty cache, and let closed_network.sh start, ask and end what was installed.
# use: closed_install.sh [ARCHIVE, by default the newest of dist/]; root, or a user who may make user namespaces
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
archive=${1:-$(find "$here/../dist" -name 'guanlan-*.tar.gz' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)}
[ -f "$archive" ] || { echo "closed install: no bundle; build one with: make bundle" >&2; exit 1; }
archive=$(realpath "$archive")

if [ "${SOC_INSIDE_NAMESPACE:-}" != yes ]; then
    flags=-n
    [ "$(id -u)" = 0 ] || flags=-rn
    SOC_INSIDE_NAMESPACE=yes exec unshare "$flags" -- "$0" "$archive"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$(dirname "$archive")" && sha256sum --quiet --check "$archive.sha256")
tar -xzf "$archive" -C "$folder"
env -i PATH="$PATH" HOME="$folder/nobody" UV_NO_CACHE=1 "$folder"/guanlan-*/install.sh "$folder/installed"
env -u PYTHONPATH "$here/closed_network.sh" "$folder/installed/venv/bin/soc"
echo "closed install: installed and ran without any network"
