#!/bin/sh
# Resolve pyproject.toml into the two lock files, hashes included, no index named.
set -eu
cd "$(dirname "$0")/.."
uv=.bootstrap/bin/uv
common="--python /usr/bin/python3 --generate-hashes --no-emit-index-url -q"
export UV_CUSTOM_COMPILE_COMMAND='make lock' UV_PYTHON_DOWNLOADS=never
# shellcheck disable=SC2086 # options
$uv pip compile $common "$@" pyproject.toml -o requirements.lock
# shellcheck disable=SC2086 # options
$uv pip compile $common "$@" --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
