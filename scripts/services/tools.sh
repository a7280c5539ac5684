#!/usr/bin/env bash
# Programs that single tests call: strace (order of fsyncs), nginx (real access logs), ip (empty network namespace),
# rsyslog and syslog-ng (senders of logs), openssl (their certificates).
# use: tools.sh install | start | stop | env
set -euo pipefail
service=tools
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service

install_service() {
    apt_install strace nginx-light iproute2 curl procps openssl
    apt_install rsyslog rsyslog-gnutls rsyslog-openssl rsyslog-elasticsearch
    unpack_syslog_ng
}

# syslog-ng and rsyslog cannot both be installed: this one is unpacked beside, with what it needs.
unpack_syslog_ng() {
    [ -x "$home/syslog-ng" ] && return
    local root=$home/root folders
    mkdir -p "$home/packages" "$root"
    (cd "$home/packages" && apt-get download -qq syslog-ng-core syslog-ng-mod-http syslog-ng-scl libivykis0 libnet1 libpcre3 2>/dev/null)
    for package in "$home"/packages/*.deb; do
        dpkg -x "$package" "$root"
    done
    folders=$root/usr/lib:$root/usr/lib/syslog-ng:$(find "$root/usr/lib" "$root/lib" -maxdepth 1 -name '*-linux-gnu' 2>/dev/null | paste -sd:)
    printf '#!/bin/sh\nexport LD_LIBRARY_PATH=%s\nexec %s --module-path=%s "$@"\n' \
        "$folders" "$root/usr/sbin/syslog-ng" "$(dirname "$(find "$root" -name libafsocket.so)")" >"$home/syslog-ng"
    chmod 755 "$home/syslog-ng"
}

start_service() {
    mkdir -p "$home"
    publish "SOC_TEST_STRACE=$(command -v strace)" "SOC_TEST_NGINX=/usr/sbin/nginx" \
        "SOC_TEST_RSYSLOG=/usr/sbin/rsyslogd" "SOC_TEST_SYSLOG_NG=$home/syslog-ng"
}

stop_service() {
    rm -rf "$home"
}

dispatch "$@"
