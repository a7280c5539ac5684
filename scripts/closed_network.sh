#!/usr/bin/env bash
# Proof that the product needs no network: start the demo in an empty network namespace, where only the loopback
# interface exists, ask it for its health and its first page, and end it as Ctrl-C would.
# use: closed_network.sh [PATH OF soc]; root, or a user who may make user namespaces
set -euo pipefail
soc=$(realpath "${1:-$(dirname "$0")/../.venv/bin/soc}")
patience=${SOC_CLOSED_NETWORK_SECONDS:-600}

if [ "${SOC_INSIDE_NAMESPACE:-}" != yes ]; then
    command -v ip >/dev/null || { echo "closed network: the program ip (package iproute2) is missing" >&2; exit 1; }
    flags=-n
    [ "$(id -u)" = 0 ] || flags=-rn
    SOC_INSIDE_NAMESPACE=yes exec unshare "$flags" -- "$0" "$soc"
fi

ip link set lo up
folder=$(mktemp -d)
output=$folder/output
address=127.0.0.1:8000
server=

finish() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "closed network: $*" >&2
    tail -n 30 "$output" >&2
    exit 1
}

get() {
    curl --silent --show-error --fail --location --noproxy '*' --cookie-jar "$folder/jar" --max-time 30 "http://$address$1"
}

# A shell starts what it puts in the background with SIGINT ignored; Python gives the child the usual handling.
start() {
    env -u SOC_DATABASE_URL -u SOC_OPENSEARCH_URL SOC_HOME="$folder/home" SOC_BIND="$address" PYTHONUNBUFFERED=1 \
        python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); os.execv(sys.argv[1], sys.argv[1:])' \
        "$soc" up --demo >"$output" 2>&1 &
    server=$!
}

wait_until_healthy() {
    for _ in $(seq "$patience"); do
        kill -0 "$server" 2>/dev/null || fail "soc up ended by itself"
        get /healthz >/dev/null 2>&1 && return
        sleep 1
    done
    fail "/healthz did not answer within $patience s"
}

# What tempts libraries to fetch something: models, lists of suffixes, extensions of the embedded stores.
recognise() {
    printf 'name,phone\n张伟,13800138000\n李娜,13912345678\n' >"$folder/people.csv"
    printf '{"id": "1", "text": "联系人张伟，手机 13800138000，邮箱 zhangwei@example.com"}\n' >"$folder/text.jsonl"
    SOC_HOME=$folder/home "$soc" scan "$folder/people.csv" --json --dry-run >"$folder/scan" 2>>"$output" ||
        fail "soc scan failed"
    SOC_HOME=$folder/home "$soc" text "$folder/text.jsonl" --json >"$folder/spans" 2>>"$output" || fail "soc text failed"
    grep -q '"mobile"' "$folder/scan" || fail "soc scan did not find the phone numbers"
    grep -q '"mobile"' "$folder/spans" || fail "soc text did not find the phone number"
    SOC_HOME=$folder/home "$soc" logs search '*' --count >/dev/null 2>>"$output" || fail "soc logs search failed"
}

end_by_interrupt() {
    kill -INT "$server"
    for _ in $(seq 60); do
        kill -0 "$server" 2>/dev/null || { server=; return; }
        sleep 0.5
    done
    fail "still running 30 s after SIGINT"
}

start
wait_until_healthy
get / >"$folder/page" || fail "the first page did not answer"
grep -q 'type="password"' "$folder/page" || fail "the first page has no password field"
while read -r path; do
    get "$path" >/dev/null || fail "$path did not answer"
done < <(grep -oE '(src|href)="/[^"]+\.(js|css)[^"]*"' "$folder/page" | cut -d'"' -f2 | sort -u)
recognise
end_by_interrupt
! grep -q Traceback "$output" || fail "a traceback was printed"
echo "closed network: started, answered and ended without any network"
