#!/usr/bin/env bash
# A real PostgreSQL 15 with pgaudit on a free loopback port, for tests and for trying things.
# use: postgres.sh install | start | stop | env
set -euo pipefail
service=postgres
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service
bin=/usr/lib/postgresql/15/bin
zone=${SOC_TEST_PGAUDIT_ZONE:-Asia/Shanghai}

install_service() {
    apt_install postgresql-15 postgresql-15-pgaudit
}

# Tests run thousands of short transactions and copy thousands of databases: a crash of this server need not be survived,
# so nothing is synced and as little as can be is written for a recovery.
write_settings() {
    cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$home'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_preload_libraries = 'pgaudit'
pgaudit.log = 'all'
pgaudit.log_rows = on
logging_collector = on
log_directory = '$home/log'
log_filename = 'postgresql.log'
log_file_mode = 0644
log_rotation_age = 0
log_rotation_size = 0
log_timezone = '$zone'
log_line_prefix = '%m [%p] user=%u,db=%d,app=%a,host=%h,session=%c '
CONF
}

init() {
    local password
    password=$(python3 -c 'import secrets; print(secrets.token_hex(12))')
    make_folder postgres "$home"
    mkdir -p "$home/log"
    chmod 755 "$home" "$home/log"
    (umask 077 && echo "$password" >"$home/password")
    make_folder postgres "$home"
    run_as postgres "$bin/initdb" --pgdata "$home/data" --username postgres --pwfile "$home/password" \
        --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C.UTF-8 >/dev/null
    write_settings "$(free_port)"
}

start_service() {
    local port password
    [ -d "$home/data" ] || init
    cd / # the server's user may not be allowed into the folder that we stand in
    run_as postgres "$bin/pg_ctl" status --pgdata "$home/data" >/dev/null ||
        run_as postgres "$bin/pg_ctl" start --pgdata "$home/data" --wait --silent --log "$home/log/start.log" >&2 ||
        fail "does not start: $(tail -n 3 "$home/log/start.log")"
    port=$(sed -n 's/^port = //p' "$home/data/postgresql.conf" | tail -n 1)
    password=$(cat "$home/password")
    say "listens on 127.0.0.1:$port"
    publish "SOC_TEST_POSTGRES_URL=postgresql+psycopg://postgres:$password@127.0.0.1:$port/postgres" \
        "SOC_TEST_PGAUDIT_LOG=$home/log/postgresql.log"
}

stop_service() {
    [ -d "$home/data" ] || return 0
    cd /
    run_as postgres "$bin/pg_ctl" stop --pgdata "$home/data" --mode fast --silent >&2 || true
    rm -rf "$home"
}

dispatch "$@"
