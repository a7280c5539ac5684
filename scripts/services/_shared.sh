# shellcheck shell=bash
# What the service scripts share. Sourced, not run.
# State of every service lives in $SOC_SERVICES_DIR/<service>; nothing outside it is written but packages.

SOC_SERVICES_DIR=${SOC_SERVICES_DIR:-${TMPDIR:-/tmp}/guanlan-services}

say() {
    echo "$service: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# A port of the loopback interface that nobody listens on at this moment.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Install Debian packages; the lists are fetched once, and only where a package is missing.
apt_install() {
    dpkg --status "$@" >/dev/null 2>&1 && return
    [ "$(id -u)" = 0 ] || fail "these packages are missing, install them as root: $*"
    say "installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Run a command as the user named first; servers refuse to run as root. Anyone else runs them as themselves.
run_as() {
    local user=$1
    shift
    if [ "$(id -u)" = 0 ]; then
        runuser -u "$user" -- "$@"
    else
        "$@"
    fi
}

# A folder of the service that the user may enter and write.
make_folder() {
    local user=$1 folder=$2
    mkdir -p "$folder"
    if [ "$(id -u)" = 0 ]; then
        chown -R "$user:" "$folder"
    fi
}

# End the process whose id is in a file, and wait until it is gone; after 30 s it is killed.
stop_pid_file() {
    local file=$1 pid
    [ -s "$file" ] || return 0
    pid=$(head -n 1 "$file")
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 60); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.5
    done
    kill -KILL "$pid" 2>/dev/null || true
    rm -f "$file"
}

# Write the variables that tests read, given as NAME=VALUE, and print them.
publish() {
    printf 'export %s\n' "$@" >"$home/env"
    cat "$home/env"
}

# Subcommands are functions of the sourcing script: install, start, stop; env is the same for all.
dispatch() {
    case ${1:-} in
    install) install_service ;;
    start) shift && install_service && start_service "$@" ;;
    stop) stop_service ;;
    env) cat "$home/env" ;;
    *)
        echo "use: $0 install | start | stop | env" >&2
        exit 2
        ;;
    esac
}
