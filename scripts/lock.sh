#!/usr/bin/env bash
# Resolve pyproject.toml into the hashed files of requirements/, which name no package index.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
common=(pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url
    --no-emit-find-links --custom-compile-command 'make lock' ${UPGRADE:+--upgrade})

"$uv" "${common[@]}" pyproject.toml --group build -o requirements/runtime.txt
"$uv" "${common[@]}" pyproject.toml --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt
"$uv" "${common[@]}" --group s3 -o requirements/s3.txt
sed -n '/^uv==/,/^    # via/p' requirements/runtime.txt >requirements/bootstrap.txt
echo "requirements/: $(grep -c '^[a-z0-9].*==' requirements/runtime.txt) packages to run," \
    "$(grep -c '^[a-z0-9].*==' requirements/dev.txt) to test"
