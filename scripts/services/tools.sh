#!/usr/bin/env bash
# Programs that single tests call: strace (order of fsyncs), nginx (real access logs), ip (empty network namespace).
# use: tools.sh install | start | stop | env
set -euo pipefail
service=tools
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service

install_service() {
    apt_install strace nginx-light iproute2 curl procps
}

start_service() {
    mkdir -p "$home"
    publish "SOC_TEST_STRACE=$(command -v strace)" "SOC_TEST_NGINX=/usr/sbin/nginx"
}

stop_service() {
    rm -rf "$home"
}

dispatch "$@"
