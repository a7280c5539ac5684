#!/usr/bin/env bash
# A real OpenSearch 3.8.0 on free loopback ports: one node, or three with `start 3`.
# use: opensearch.sh install | start [NODES] | again NODE | stop | env
set -euo pipefail
service=opensearch
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service
version=3.8.0
user=guanlan-opensearch
artifact=org.opensearch.distribution.integ-test-zip:opensearch:$version:zip
archive=${HOME:-/root}/.m2/repository/org/opensearch/distribution/integ-test-zip/opensearch/$version/opensearch-$version.zip
program=$home/opensearch-$version

# OpenSearch 3 wants Java 21 or later: the newest JDK of the machine that is new enough.
find_java() {
    local candidate
    for candidate in ${OPENSEARCH_JAVA_HOME:-} $(ls -d /usr/lib/jvm/* 2>/dev/null | sort -rV); do
        [ -x "$candidate/bin/java" ] || continue
        [ "$("$candidate/bin/java" -XshowSettings:properties -version 2>&1 |
            sed -n 's/.*java.specification.version = \([0-9]*\).*/\1/p')" -ge 21 ] || continue
        echo "$candidate"
        return
    done
    return 1
}

install_java() {
    find_java >/dev/null && return
    apt_install openjdk-21-jre-headless 2>/dev/null || fail "Java 21 or later is needed (set OPENSEARCH_JAVA_HOME)"
}

install_service() {
    command -v mvn >/dev/null || apt_install maven
    command -v unzip >/dev/null || apt_install unzip
    install_java
    [ -s "$archive" ] || (say "fetching $artifact" &&
        mvn -q -B dependency:get -Dartifact="$artifact" -Dtransitive=false >&2)
    [ "$(id -u)" != 0 ] || id "$user" >/dev/null 2>&1 || useradd --system --no-create-home "$user"
    mkdir -p "$home"
    chmod 755 "$home"
    [ -d "$program" ] || unzip -q "$archive" -d "$home"
}

# Settings of node $1 of $2; $3 is the space-separated list of transport ports, $4 of HTTP ports.
write_settings() {
    local number=$1 nodes=$2 folder=$home/node-$1
    local -a transport=($3) http=($4)
    mkdir -p "$folder/log"
    cp -r "$program/config" "$folder/"
    sed -i "s#logs/#$folder/log/#; s#-XX:HeapDumpPath=data#-XX:HeapDumpPath=$folder#" "$folder/config/jvm.options"
    cat >"$folder/config/opensearch.yml" <<CONF
cluster.name: guanlan-test
node.name: node-$number
network.host: 127.0.0.1
http.port: ${http[number - 1]}
transport.port: ${transport[number - 1]}
path.data: $folder/data
path.logs: $folder/log
cluster.routing.allocation.disk.threshold_enabled: false
CONF
    if [ "$nodes" = 1 ]; then
        echo 'discovery.type: single-node' >>"$folder/config/opensearch.yml"
    else
        printf 'discovery.seed_hosts: [%s]\n' "$(printf '"127.0.0.1:%s",' "${transport[@]}" | sed 's/,$//')" \
            >>"$folder/config/opensearch.yml"
        printf 'cluster.initial_cluster_manager_nodes: [%s]\n' \
            "$(seq -s, -f '"node-%g"' "$nodes")" >>"$folder/config/opensearch.yml"
    fi
}

start_node() {
    local folder=$home/node-$1 heap=$2
    make_folder "$user" "$folder"
    cd /
    run_as "$user" env OPENSEARCH_JAVA_HOME="$(find_java)" OPENSEARCH_PATH_CONF="$folder/config" \
        OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap" OPENSEARCH_TMPDIR="$folder" \
        "$program/bin/opensearch" --daemonize --pidfile "$folder/pid" >"$folder/start.log" 2>&1 ||
        fail "node $1 does not start: $(tail -n 3 "$folder/start.log")"
}

wait_until_ready() {
    local url=$1 nodes=$2
    for _ in $(seq 180); do
        if curl --silent --fail --noproxy '*' \
            "$url/_cluster/health?wait_for_nodes=$nodes&wait_for_status=yellow&timeout=1s" >/dev/null; then
            return
        fi
        [ ! -s "$home/node-1/pid" ] || kill -0 "$(cat "$home/node-1/pid")" 2>/dev/null || break
        sleep 1
    done
    stop_nodes
    fail "ended, or gave no answer at $url within three minutes: see $home/node-1"
}

start_service() {
    local nodes=${1:-1} heap=1g number transport='' http=''
    if [ -s "$home/env" ] && kill -0 "$(cat "$home/node-1/pid" 2>/dev/null || echo none)" 2>/dev/null; then
        cat "$home/env"
        return
    fi
    rm -rf "$home"/node-* "$home/env"
    [ "$nodes" = 1 ] || heap=512m
    for number in $(seq "$nodes"); do
        transport+="$(free_port) " http+="$(free_port) "
    done
    for number in $(seq "$nodes"); do
        write_settings "$number" "$nodes" "$transport" "$http"
        start_node "$number" "$heap"
    done
    local -a ports=($http)
    wait_until_ready "http://127.0.0.1:${ports[0]}" "$nodes"
    say "listens on 127.0.0.1:${ports[0]} ($nodes node(s))"
    publish "SOC_TEST_OPENSEARCH_URL=http://127.0.0.1:${ports[0]}" \
        "SOC_TEST_OPENSEARCH_NODES=$(printf 'http://127.0.0.1:%s,' "${ports[@]}" | sed 's/,$//')"
}

stop_nodes() {
    local folder
    for folder in "$home"/node-*; do
        stop_pid_file "$folder/pid"
    done
}

stop_service() {
    stop_nodes
    rm -rf "$home"
}

# a node of several that ended is started once more, with what it has
if [ "${1:-}" = again ]; then
    start_node "$2" 512m
    exit
fi
dispatch "$@"
