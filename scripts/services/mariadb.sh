#!/usr/bin/env bash
# A real MariaDB of Debian on a free loopback port, with a datadir of its own, for tests and for trying things.
# use: mariadb.sh install | start | stop | env
set -euo pipefail
service=mariadb
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service

install_service() {
    apt_install mariadb-server
}

# Tests run many short transactions: a crash of this server need not be survived.
write_settings() {
    cat >"$home/my.cnf" <<CONF
[mariadbd]
bind_address = 127.0.0.1
port = $1
datadir = $home/data
socket = $home/socket
pid_file = $home/pid
log_error = $home/error.log
character_set_server = utf8mb4
skip_name_resolve
max_connections = 200
innodb_flush_log_at_trx_commit = 0
innodb_buffer_pool_size = 128M
innodb_log_file_size = 32M
performance_schema = off
local_infile = off
CONF
}

init() {
    local password
    password=$(python3 -c 'import secrets; print(secrets.token_hex(12))')
    make_folder mysql "$home"
    chmod 755 "$home"
    (umask 077 && echo "$password" >"$home/password")
    write_settings "$(free_port)"
    make_folder mysql "$home/data"
    run_as mysql mariadb-install-db --no-defaults --datadir="$home/data" --auth-root-authentication-method=normal \
        --skip-test-db >"$home/init.log" 2>&1 || fail "cannot be set up: $(tail -n 3 "$home/init.log")"
    take_account "$password" || { rm -rf "$home/data" && fail "takes no account: $(tail -n 3 "$home/init.log")"; }
}

# The server reads one statement a line while it is set up.
take_account() {
    printf '%s\n' 'FLUSH PRIVILEGES;' "CREATE USER guanlan@'127.0.0.1' IDENTIFIED BY '$1';" \
        "GRANT ALL PRIVILEGES ON *.* TO guanlan@'127.0.0.1' WITH GRANT OPTION;" |
        run_as mysql mariadbd --no-defaults --datadir="$home/data" --bootstrap >>"$home/init.log" 2>&1
}

is_running() {
    [ -s "$home/pid" ] && kill -0 "$(cat "$home/pid")" 2>/dev/null
}

wait_until_ready() {
    local port=$1
    for _ in $(seq 120); do
        if is_running && python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; then
            return
        fi
        sleep 0.5
    done
    fail "gave no answer on port $port within a minute: $(tail -n 3 "$home/error.log")"
}

start_service() {
    local port password
    [ -d "$home/data" ] || init
    port=$(sed -n 's/^port = //p' "$home/my.cnf")
    cd / # the server's user may not be allowed into the folder that we stand in
    if ! is_running; then
        run_as mysql setsid mariadbd --defaults-file="$home/my.cnf" >"$home/start.log" 2>&1 </dev/null &
        wait_until_ready "$port"
    fi
    password=$(cat "$home/password")
    say "listens on 127.0.0.1:$port"
    publish "SOC_TEST_MARIADB_URL=mysql://guanlan:$password@127.0.0.1:$port/mysql"
}

stop_service() {
    [ -d "$home" ] || return 0
    stop_pid_file "$home/pid"
    rm -rf "$home"
}

dispatch "$@"
