#!/usr/bin/env bash
# A server that speaks S3 and checks signatures (moto), in an environment of its own, with one user and one bucket.
# use: s3.sh install | start | stop | env
set -euo pipefail
service=s3
source "$(dirname "$0")/_shared.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$SOC_SERVICES_DIR/$service
bucket=guanlan-test

install_service() {
    [ -x "$home/venv/bin/moto_server" ] && return
    mkdir -p "$home"
    local uv=$root/.venv/bin/uv
    if [ ! -x "$uv" ]; then
        python3 -m venv "$home/tools"
        "$home/tools/bin/pip" install --quiet --require-hashes -r "$root/requirements/bootstrap.txt" >&2
        uv=$home/tools/bin/uv
    fi
    "$uv" venv --quiet --no-python-downloads "$home/venv" >&2
    VIRTUAL_ENV=$home/venv "$uv" pip install --quiet --require-hashes --no-deps -r "$root/requirements/s3.txt" >&2
}

start_service() {
    stop_service
    local port
    port=$(free_port)
    # the first three calls make the user; from then on nobody is served without a right signature
    INITIAL_NO_AUTH_ACTION_COUNT=3 setsid "$home/venv/bin/moto_server" -H 127.0.0.1 -p "$port" \
        >"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
    for _ in $(seq 120); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        sleep 0.5
    done
    local keys
    keys=$("$home/venv/bin/python" - "$port" "$bucket" <<'PYTHON'
import json
import sys
from urllib.parse import quote

import boto3

port, bucket = sys.argv[1:]
where = {"endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1"}
first = {"aws_access_key_id": "first", "aws_secret_access_key": "first"}
iam = boto3.client("iam", **where, **first)
iam.create_user(UserName="guanlan")
key = iam.create_access_key(UserName="guanlan")["AccessKey"]
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="guanlan", PolicyName="all", PolicyDocument=json.dumps(everything))
own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
boto3.client("s3", **where, **own).create_bucket(Bucket=bucket)
print(f"{quote(key['AccessKeyId'], safe='')}:{quote(key['SecretAccessKey'], safe='')}")
PYTHON
    ) || { tail -n 20 "$home/log" >&2; fail "the server did not take its user"; }
    publish "SOC_TEST_S3_URL='s3://$keys@$bucket?endpoint_override=http://127.0.0.1:$port&region=us-east-1'"
}

stop_service() {
    stop_pid_file "$home/pid"
}

dispatch "$@"
