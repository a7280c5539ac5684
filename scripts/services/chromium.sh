#!/usr/bin/env bash
# Chromium with Chinese fonts, for the browser tests. There is nothing to start: the tests start it themselves.
# use: chromium.sh install | start | stop | env
set -euo pipefail
service=chromium
source "$(dirname "$0")/_shared.sh"
home=$SOC_SERVICES_DIR/$service

install_service() {
    apt_install chromium fonts-noto-cjk
}

start_service() {
    mkdir -p "$home"
    publish "SOC_TEST_CHROMIUM=$(command -v chromium)"
}

stop_service() {
    rm -rf "$home"
}

dispatch "$@"
